import { checkRaster, makeRaster, type Raster } from '../image/index.ts'
import type { Matrix3 } from './symmetric-eigen.ts'

/** Optical density -ln((v + 1) / light) of each of the 256 grey levels. */
export function densityTable(light: number): Float64Array {
  return Float64Array.from({ length: 256 }, (_, value) => -Math.log((value + 1) / light))
}

/**
 * Maps a raster's optical densities linearly, OD' = A OD, and turns them back into grey levels:
 * light * exp(-OD') + shift, clipped to 0..255 and truncated. A new raster. `shift`: -1 or more.
 *
 * exp(-(a + b + c)) is the product of exp(-a), exp(-b) and exp(-c), and each depends on one channel's grey
 * level alone: so nine tables of 256 values replace the logarithms and exponentials of every pixel, exactly
 * up to the rounding of two products.
 */
export function mapOpticalDensity(raster: Raster, matrix: Matrix3, light: number, shift: number): Raster {
  checkRaster(raster)
  const { data } = raster
  const output = makeRaster(raster.widthPx, raster.heightPx)
  const density = densityTable(light)
  const [fromRed, fromGreen, fromBlue] = [0, 1, 2].map((input) => {
    const table = new Float64Array(256 * 4)
    for (let value = 0; value < 256; value++) {
      for (const [channel, row] of matrix.entries()) {
        // The light goes into the first table, so that no pixel needs to multiply by it.
        const factor = input === 0 ? light : 1
        table[value * 4 + channel] = factor * Math.exp(-(row[input] ?? 0) * (density[value] ?? 0))
      }
    }
    return table
  }) as [Float64Array, Float64Array, Float64Array]
  const out = output.data
  // Written out for the three channels, which is twice as fast as a loop over them. Light is positive and the
  // shift at least -1, so what is below zero is truncated to it.
  for (let at = 0; at < data.length; at += 3) {
    const red = (data[at] ?? 0) << 2
    const green = (data[at + 1] ?? 0) << 2
    const blue = (data[at + 2] ?? 0) << 2
    const newRed = (fromRed[red] ?? 0) * (fromGreen[green] ?? 0) * (fromBlue[blue] ?? 0) + shift
    const newGreen = (fromRed[red + 1] ?? 0) * (fromGreen[green + 1] ?? 0) * (fromBlue[blue + 1] ?? 0) + shift
    const newBlue = (fromRed[red + 2] ?? 0) * (fromGreen[green + 2] ?? 0) * (fromBlue[blue + 2] ?? 0) + shift
    out[at] = newRed < 255 ? newRed : 255
    out[at + 1] = newGreen < 255 ? newGreen : 255
    out[at + 2] = newBlue < 255 ? newBlue : 255
  }
  return output
}
