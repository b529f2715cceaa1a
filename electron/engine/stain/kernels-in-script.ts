import type { StainKernels } from './stain-kernels.ts'

/** The kernels as JavaScript: what native/imaging/ is compared with, and what runs where the addon is missing. */
export const kernelsInScript: StainKernels = {
  mapLevels(from, factors, shift, to) {
    const length = from.length
    // Written out for the three channels, which is twice as fast as a loop over them. Light is positive and the
    // shift at least -1, so what is below zero is truncated to it.
    for (let at = 0; at < length; at += 3) {
      const red = (from[at] ?? 0) << 2
      const green = ((from[at + 1] ?? 0) << 2) + 1024
      const blue = ((from[at + 2] ?? 0) << 2) + 2048
      const newRed = (factors[red] ?? 0) * (factors[green] ?? 0) * (factors[blue] ?? 0) + shift
      const newGreen = (factors[red + 1] ?? 0) * (factors[green + 1] ?? 0) * (factors[blue + 1] ?? 0) + shift
      const newBlue = (factors[red + 2] ?? 0) * (factors[green + 2] ?? 0) * (factors[blue + 2] ?? 0) + shift
      to[at] = newRed < 255 ? newRed : 255
      to[at + 1] = newGreen < 255 ? newGreen : 255
      to[at + 2] = newBlue < 255 ? newBlue : 255
    }
  },

  gatherTissue(from, highest, to) {
    let end = 0
    for (let at = 0; at < from.length; at += 3) {
      const red = from[at] ?? 0
      const green = from[at + 1] ?? 0
      const blue = from[at + 2] ?? 0
      to[end] = red
      to[end + 1] = green
      to[end + 2] = blue
      // Kept, by moving on, where all three differences are negative; a branch would be guessed wrong too often.
      end += 3 & (((red - highest - 1) & (green - highest - 1) & (blue - highest - 1)) >> 31)
    }
    return end
  },

  sumDensities(pixels, density, sums) {
    let [r, g, b, rr, rg, rb, gg, gb, bb] = [0, 0, 0, 0, 0, 0, 0, 0, 0]
    for (let at = 0; at < pixels.length; at += 3) {
      const x = density[pixels[at] ?? 0] ?? 0
      const y = density[pixels[at + 1] ?? 0] ?? 0
      const z = density[pixels[at + 2] ?? 0] ?? 0
      r += x
      g += y
      b += z
      rr += x * x
      rg += x * y
      rb += x * z
      gg += y * y
      gb += y * z
      bb += z * z
    }
    sums.set([r, g, b, rr, rg, rb, gg, gb, bb])
  },

  findTails(pixels, parts, step, asAngle, bounds, first, second, counts) {
    const [lowestFirst = 0, highestFirst = 0, lowestSecond = 0, highestSecond = 0] = bounds
    let [aboveFirst, keptFirst, aboveSecond, keptSecond] = [0, 0, 0, 0]
    for (let at = 0; at < pixels.length; at += 3 * step) {
      const red = (pixels[at] ?? 0) << 1
      const green = ((pixels[at + 1] ?? 0) << 1) + 512
      const blue = ((pixels[at + 2] ?? 0) << 1) + 1024
      let one = (parts[red] ?? 0) + (parts[green] ?? 0) + (parts[blue] ?? 0)
      let other = (parts[red + 1] ?? 0) + (parts[green + 1] ?? 0) + (parts[blue + 1] ?? 0)
      if (asAngle) {
        const sum = Math.abs(other) + Math.abs(one)
        const share = sum === 0 ? 1 : other / sum
        other = one < 0 ? share - 1 : 1 - share
        one = -other
      }
      if (one > highestFirst) aboveFirst++
      else if (one >= lowestFirst) first[keptFirst++] = one
      if (other > highestSecond) aboveSecond++
      else if (other >= lowestSecond) second[keptSecond++] = other
    }
    counts.set([aboveFirst, keptFirst, aboveSecond, keptSecond])
  },
}
