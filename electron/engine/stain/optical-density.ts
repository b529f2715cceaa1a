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
 * level alone: so nine times 256 factors replace the logarithms and exponentials of every pixel, exactly
 * up to the rounding of two products.
 */
export function mapOpticalDensity(raster: Raster, matrix: Matrix3, light: number, shift: number): Raster {
  checkRaster(raster)
  const { data } = raster
  const output = makeRaster(raster.widthPx, raster.heightPx)
  const density = densityTable(light)
  // Side by side in one array, which is faster than three: a place for each channel, grey level and new channel.
  const factors = new Float64Array(3 * 1024)
  for (let input = 0; input < 3; input++) {
    // The light goes into the first factor, so that no pixel needs to multiply by it.
    const scale = input === 0 ? light : 1
    for (let value = 0; value < 256; value++) {
      for (const [channel, row] of matrix.entries()) {
        const exponent = -(row[input] ?? 0) * (density[value] ?? 0)
        factors[input * 1024 + value * 4 + channel] = scale * Math.exp(exponent)
      }
    }
  }
  const out = output.data
  const length = data.length
  // Written out for the three channels, which is twice as fast as a loop over them. Light is positive and the
  // shift at least -1, so what is below zero is truncated to it.
  for (let at = 0; at < length; at += 3) {
    const red = (data[at] ?? 0) << 2
    const green = ((data[at + 1] ?? 0) << 2) + 1024
    const blue = ((data[at + 2] ?? 0) << 2) + 2048
    const newRed = (factors[red] ?? 0) * (factors[green] ?? 0) * (factors[blue] ?? 0) + shift
    const newGreen = (factors[red + 1] ?? 0) * (factors[green + 1] ?? 0) * (factors[blue + 1] ?? 0) + shift
    const newBlue = (factors[red + 2] ?? 0) * (factors[green + 2] ?? 0) * (factors[blue + 2] ?? 0) + shift
    out[at] = newRed < 255 ? newRed : 255
    out[at + 1] = newGreen < 255 ? newGreen : 255
    out[at + 2] = newBlue < 255 ? newBlue : 255
  }
  return output
}
