import { mapWithConcurrency } from '../../base/concurrency.ts'
import type { Recipe } from '../../contract/index.ts'
import { makeRaster, type Raster, type ScaledPicture } from '../image/index.ts'
import { StainNormalizer, type StainFitResult } from '../stain/index.ts'
import type { PlannedPlaces } from './plan-places.ts'
import { centresOf, type SlideScale } from './slide-scales.ts'

/** Places that the stains are fitted on. */
const maxSamples = 200
/** Edge of the middle of each of them that is read, working pixels. */
const samplePx = 128
/** So that reading one waits for no other. */
const readsAtOnce = 4

/** How the colours of a slide are changed: the same for all of it. */
export class SlideStain {
  readonly #normalizer: StainNormalizer
  /** null: colours are left as they are. */
  readonly found: Pick<StainFitResult, 'fit'> | null

  private constructor(normalizer: StainNormalizer, found: Pick<StainFitResult, 'fit'> | null) {
    this.#normalizer = normalizer
    this.found = found
  }

  /**
   * Fits the stains on the middles of at most 200 places, spread evenly in the order of the grid, at the recipe's own scale:
   * the extremes of a smaller copy would be paler than those that a model was trained on.
   * @throws AppError the codes of ScaledPicture.read
   */
  static async fit(
    picture: ScaledPicture,
    places: PlannedPlaces,
    scale: SlideScale,
    recipe: Recipe,
    pixelSizeUm: number,
  ): Promise<SlideStain> {
    const normalizer = new StainNormalizer(recipe.stain)
    if (recipe.stainStep === 'none' || places.cells.length === 0) return new SlideStain(normalizer, null)
    const count = Math.min(maxSamples, places.cells.length)
    const cells = Array.from(
      { length: count },
      (_, index) => places.cells[Math.floor(((index + 0.5) * places.cells.length) / count)] ?? 0,
    )
    const { widthPx, heightPx } = scale.image
    const width = Math.min(samplePx, widthPx)
    const height = Math.min(samplePx, heightPx)
    const all = makeRaster(width, height * count)
    const start = (middle: number, edge: number, imagePx: number): number =>
      Math.max(0, Math.min(imagePx - edge, Math.round(middle - edge / 2)))
    const centres = centresOf(scale, places.grid, cells, pixelSizeUm)
    await mapWithConcurrency([...centres.entries()], readsAtOnce, async ([index, { x, y }]) => {
      const window = { left: start(x, width, widthPx), top: start(y, height, heightPx) }
      const sample = await picture.read(scale.scale, { ...window, widthPx: width, heightPx: height })
      all.data.set(sample.data, index * sample.data.length)
    })
    return new SlideStain(normalizer, normalizer.fit(all))
  }

  /** Brings a raster into the colours of the recipe's reference. It is changed itself: tiles are large. */
  normalize(raster: Raster): void {
    if (this.found !== null) this.#normalizer.transformInPlace(raster, this.found)
  }
}
