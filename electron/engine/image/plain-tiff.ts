const headerBytes = 8

export interface PlainTiff {
  readonly widthPx: number
  readonly heightPx: number
  readonly description?: string | undefined
  /** An ICC profile; absent: none. */
  readonly profile?: Uint8Array | undefined
}

/** The head of a TIFF of one strip of 8-bit RGB without compression. The pixels follow it, 3 bytes each. */
export function plainTiffHead({ widthPx, heightPx, description = '', profile }: PlainTiff): Buffer {
  const entries = profile === undefined ? 11 : 12
  const bitsAt = headerBytes + 2 + 12 * entries + 4
  const textAt = bitsAt + 6
  // At least 4 characters: a shorter text would have to be in the entry itself.
  const text = Buffer.from(`${description.padEnd(4)}\0`, 'utf8')
  const profileAt = textAt + text.length
  const pixelsAt = profileAt + (profile?.length ?? 0)
  const head = Buffer.alloc(pixelsAt)
  head.write('II*\0', 0, 'latin1')
  head.writeUInt32LE(headerBytes, 4)
  head.writeUInt16LE(entries, headerBytes)
  // Tag, type (2: text, 3: 16 bits, 4: 32 bits, 7: bytes), count, value or its place.
  const tags = [
    [256, 4, 1, widthPx],
    [257, 4, 1, heightPx],
    [258, 3, 3, bitsAt],
    [259, 3, 1, 1],
    [262, 3, 1, 2],
    [270, 2, text.length, textAt],
    [273, 4, 1, pixelsAt],
    [277, 3, 1, 3],
    [278, 4, 1, heightPx],
    [279, 4, 1, 3 * widthPx * heightPx],
    [284, 3, 1, 1],
    ...(profile === undefined ? [] : [[34675, 7, profile.length, profileAt] as const]),
  ] as const
  for (const [index, [tag, type, count, value]] of tags.entries()) {
    const at = headerBytes + 2 + 12 * index
    head.writeUInt16LE(tag, at)
    head.writeUInt16LE(type, at + 2)
    head.writeUInt32LE(count, at + 4)
    head.writeUInt32LE(value, at + 8)
  }
  for (const place of [0, 2, 4]) head.writeUInt16LE(8, bitsAt + place)
  text.copy(head, textAt)
  if (profile !== undefined) head.set(profile, profileAt)
  return head
}
