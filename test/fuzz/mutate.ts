import { keyedGenerator } from '../../electron/engine/random/index.ts'

/** Numbers that parsers stumble over, as the last bytes of a field. */
const extremes = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]

/** A changed copy of a file, the same for the same key: single bits, extreme numbers, moved blocks, or an early end. */
export function mutate(whole: Buffer, key: string): Buffer {
  const random = keyedGenerator(key)
  const bytes = Buffer.from(whole)
  // Half of the changes are where the structure is: in the first or last 4 KiB.
  const place = (): number => {
    const edge = Math.min(4096, bytes.length)
    const at = random.nextInteger(edge)
    const choice = random.nextInteger(4)
    return choice === 0 ? at : choice === 1 ? bytes.length - 1 - at : random.nextInteger(bytes.length)
  }
  for (let change = 0; change <= random.nextInteger(6); change++) {
    const at = place()
    const kind = random.nextInteger(8)
    if (kind === 0) return bytes.subarray(0, at + 1)
    if (kind === 1) bytes.copy(bytes, place(), at, Math.min(bytes.length, at + random.nextInteger(512)))
    else if (kind < 5) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.nextInteger(8))
    else {
      const value = extremes[random.nextInteger(extremes.length)] ?? 0
      const width = [1, 2, 4][random.nextInteger(3)] ?? 1
      if (at + width <= bytes.length) bytes.writeUIntLE(value % 256 ** width, at, width)
    }
  }
  return bytes
}
