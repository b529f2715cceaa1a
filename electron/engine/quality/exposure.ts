import type { Raster } from '../image/index.ts'

/** Channels that lie this far apart are colour; glass is grey. */
const minColour = 25

/**
 * Over-exposure shows where coloured tissue, not glass, reaches 255 in a channel; under-exposure in that nothing at
 * all is bright, since even dense tissue lets most of its red pass.
 */
export function exposureOf({ data }: Raster): { saturatedFraction: number; brightLevel: number } {
  const brightest = new Uint32Array(256)
  let coloured = 0
  let saturated = 0
  for (let at = 0; at < data.length; at += 3) {
    const red = data[at] ?? 0
    const green = data[at + 1] ?? 0
    const blue = data[at + 2] ?? 0
    const highest = Math.max(red, green, blue)
    brightest[highest] = (brightest[highest] ?? 0) + 1
    if (highest - Math.min(red, green, blue) < minColour) continue
    coloured += 1
    if (highest === 255) saturated += 1
  }
  let above = 0
  const brightLevel = brightest.findLastIndex((count) => {
    above += count
    return above > (0.01 * data.length) / 3
  })
  return { saturatedFraction: coloured === 0 ? 0 : saturated / coloured, brightLevel }
}
