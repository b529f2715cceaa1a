import type { StainRecipe } from '../../contract/recipe.ts'
import type { Raster } from '../image/index.ts'
import { mapOpticalDensity } from './optical-density.ts'
import { fitStains, unmixingRows, type StainFit, type StainFitResult } from './stain-fit.ts'
import type { Matrix3, Vector3 } from './symmetric-eigen.ts'

/**
 * Stain normalisation after Macenko et al. 2009 with the published system's constants (docs/pipeline.md, section 3).
 * The target is the recipe's reference, or what `fit` found in an image of the user's choice.
 */
export class StainNormalizer {
  readonly recipe: StainRecipe
  readonly target: StainFit

  constructor(recipe: StainRecipe, target?: StainFit) {
    this.recipe = recipe
    this.target = target ?? {
      hematoxylin: recipe.referenceHematoxylin,
      eosin: recipe.referenceEosin,
      maximum: recipe.referenceMaximum,
    }
  }

  /** The two stains of a raster, or why there are none. image.invalid-raster. */
  fit(raster: Raster): StainFitResult {
    return fitStains(raster, this.recipe)
  }

  /**
   * The raster in the target's colours: concentrations by least squares on the fitted stains, rescaled to the
   * target's maxima, recomposed with the target's stains; clipped to 0..255 and truncated. A new raster; but
   * without a fit it keeps its own colours and is returned itself.
   */
  transform(raster: Raster, { fit }: Pick<StainFitResult, 'fit'>): Raster {
    if (fit === null) return raster
    return mapOpticalDensity(raster, this.#matrix(fit), this.recipe.transmittedLight, 0)
  }

  /** The same with the raster itself, which needs no memory for another one. */
  transformInPlace(raster: Raster, { fit }: Pick<StainFitResult, 'fit'>): void {
    if (fit !== null) mapOpticalDensity(raster, this.#matrix(fit), this.recipe.transmittedLight, 0, raster)
  }

  /** `fit` and `transform` in one; the result says what was found. */
  normalize(raster: Raster): { raster: Raster; found: StainFitResult } {
    const found = this.fit(raster)
    return { raster: this.transform(raster, found), found }
  }

  /** Optical density in, optical density out: target stains * rescaling * unmixing, one 3x3 matrix. */
  #matrix(fit: StainFit): Matrix3 {
    const [unmixHematoxylin, unmixEosin] = unmixingRows(fit.hematoxylin, fit.eosin)
    const { target } = this
    const hematoxylinScale = target.maximum[0] / fit.maximum[0]
    const eosinScale = target.maximum[1] / fit.maximum[1]
    const row = (channel: 0 | 1 | 2): Vector3 => {
      const hematoxylin = target.hematoxylin[channel] * hematoxylinScale
      const eosin = target.eosin[channel] * eosinScale
      return [
        hematoxylin * unmixHematoxylin[0] + eosin * unmixEosin[0],
        hematoxylin * unmixHematoxylin[1] + eosin * unmixEosin[1],
        hematoxylin * unmixHematoxylin[2] + eosin * unmixEosin[2],
      ]
    }
    return [row(0), row(1), row(2)]
  }
}
