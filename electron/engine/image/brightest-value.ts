import type { Sharp } from 'sharp'

/** The largest value of red, green, blue or grey of pixels of 16 bits, which are kept until it is found. */
export async function brightestValue(pixels: Sharp): Promise<number> {
  const bytes = await pixels.removeAlpha().toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer()
  const values = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2)
  let brightest = 0
  for (const value of values) if (value > brightest) brightest = value
  return brightest
}
