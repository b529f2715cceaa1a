/**
 * An archive (asar) as electron-builder writes it.
 * @param files the head's entries of files and folders, with sizes and offsets
 * @param content the bytes of the packed files, one after another
 */
export function archiveOf(files: object, content: string): Buffer {
  const head = Buffer.from(JSON.stringify({ files }))
  // As Chromium pickles a text: its size, padded to four bytes, after the sizes of the two pickles.
  const padded = Buffer.alloc(Math.ceil(head.length / 4) * 4)
  head.copy(padded)
  const sizes = Buffer.alloc(16)
  for (const [at, value] of [4, padded.length + 8, padded.length + 4, head.length].entries())
    sizes.writeUInt32LE(value, 4 * at)
  return Buffer.concat([sizes, padded, Buffer.from(content)])
}
