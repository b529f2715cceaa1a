import type { Recipe } from '../../../electron/contract/index.ts'
import type { OpenEncoders } from '../../../electron/engine/encoders/index.ts'
import { ReferenceCache } from '../../../electron/engine/prediction/likeness-reference.ts'
import type { BoosterCache, StoredBooster } from '../../../electron/engine/prediction/predict-ensemble.ts'
import { analyseSlide, type AnalysedSlide } from '../../../electron/engine/slides/analyse-slide.ts'
import { draftMapFile } from '../../../electron/engine/slides/map-file.ts'
import { findTissue } from '../../../electron/engine/tissue/find-tissue.ts'

/** Analyses all tissue of a slide into a map of `directory`, by classifiers of two classes and without a reference. */
export const analyseOnce = (
  image: { path: string; sha256: string; pixelSizeUm: number },
  request: {
    recipe: Recipe
    encoders: OpenEncoders
    boosters: StoredBooster[]
    cache: BoosterCache
    directory: string
    strideUm: number
  },
): Promise<AnalysedSlide> =>
  analyseSlide({
    ...request,
    image: { ...image, page: 1 },
    classes: ['a', 'b'],
    isPositive: [false, true],
    threshold: 0.5,
    heldOutFold: null,
    reference: null,
    references: new ReferenceCache(),
    effort: 'fixed',
    region: null,
    draft: draftMapFile(request.directory, image.sha256, 1),
    findTissue,
  })
