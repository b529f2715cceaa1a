/**
 * The loops over every pixel, 3 bytes each. native/imaging/ does the same two to four times as fast as
 * kernels-in-script.ts, which can be read, needs no addon, and gives the same bits.
 */
export interface StainKernels {
  /**
   * Gives each pixel of `from` the levels factor(red) * factor(green) * factor(blue) + shift of the three new
   * channels in `to`; above 255 is 255, the rest is truncated. `factors`: 1024 values a channel, 4 a grey level,
   * the first three of them are for the new channels; all positive. `shift`: -1 or more. `to` may be `from`.
   */
  mapLevels(from: Uint8Array, factors: Float64Array, shift: number, to: Uint8Array): void

  /**
   * Copies the pixels of `from` whose three levels are at most `highest` to the start of `to`, which is as long as
   * `from`; what is after them there means nothing. Answers how many bytes they take.
   */
  gatherTissue(from: Uint8Array, highest: number, to: Uint8Array): number

  /**
   * Sums over all pixels of the three densities and of their products: r g b rr rg rb gg gb bb. `density`: of each
   * of the 256 grey levels.
   */
  sumDensities(pixels: Uint8Array, density: Float64Array, sums: Float64Array): void

  /**
   * The upper tails of two lists of values, one of each for every `step`-th pixel. `parts`: 512 values a channel,
   * in pairs: what each grey level adds to y and to x. The lists are y and x; or, `asAngle`, the directions
   * -atan2(y, x) and atan2(y, x), told by the point where each meets the diamond |x| + |y| = 1, counted like the
   * angle but from -2 to 2, which grows with the angle and costs a tenth of it.
   *
   * `bounds`: the lowest and the highest value to be kept of the first list, then of the second. Kept values go to
   * `first` and `second`, as far as they fit; `counts` becomes how many were above the highest of the first list
   * and how many were to be kept, then of the second. No value may be NaN.
   */
  findTails(
    pixels: Uint8Array,
    parts: Float64Array,
    step: number,
    asAngle: boolean,
    bounds: Float64Array,
    first: Float64Array,
    second: Float64Array,
    counts: Float64Array,
  ): void
}
