/** A little-endian TIFF of `count` grey pages of 4 x 4 that share their pixels, each with its directory. */
export function tiffChain(count: number): Buffer {
  const entries = [
    [256, 4],
    [257, 4],
    [258, 8],
    [259, 1],
    [262, 1],
    [273, 8],
    [277, 1],
    [278, 4],
    [279, 16],
  ] as const
  const first = 24
  const directoryBytes = 2 + entries.length * 12 + 4
  const bytes = Buffer.alloc(first + count * directoryBytes, 128)
  bytes.write('II*\0', 0, 'latin1')
  bytes.writeUInt32LE(first, 4)
  for (let page = 0; page < count; page++) {
    const at = first + page * directoryBytes
    bytes.writeUInt16LE(entries.length, at)
    for (const [index, [tag, value]] of entries.entries()) {
      bytes.writeUInt16LE(tag, at + 2 + index * 12)
      bytes.writeUInt16LE(4, at + 4 + index * 12)
      bytes.writeUInt32LE(1, at + 6 + index * 12)
      bytes.writeUInt32LE(value, at + 10 + index * 12)
    }
    bytes.writeUInt32LE(page + 1 < count ? at + directoryBytes : 0, at + directoryBytes - 4)
  }
  return bytes
}
