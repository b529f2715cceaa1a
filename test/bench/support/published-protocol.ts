import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Recipe } from '../../../electron/contract/index.ts'
import { drawGains, planCrops } from '../../../electron/engine/crops/index.ts'
import { constituentsOf } from '../../../electron/engine/descriptors/index.ts'
import { resampledEdgePx } from '../../../electron/engine/image/index.ts'
import type { StoredBooster } from '../../../electron/engine/prediction/predict-ensemble.ts'
import { pythonWith } from './python.ts'

export interface Picture {
  title: string
  path: string
  sha256: string
  widthPx: number
  heightPx: number
}

interface PythonAnswer {
  /** Seconds: decoding, resampling and normalising; each augmentation; all boosters on a whole image; loading them. */
  once: number
  each: number[]
  predicting: number
  loading: number
  /** For the computed augmentations. */
  probabilities: number[]
  versions: string
}

interface Protocol {
  recipe: Recipe
  boosters: readonly StoredBooster[]
  /** The number of computed augmentations. */
  timed: number
  /** The folder for the plan and, in `python`, the descriptors. */
  folder: string
  scale: number
}

/** Crops that a network gets at once; more gains nothing and needs gigabytes. */
const batch = 4
const references = fileURLToPath(new URL('../../references/pipeline/', import.meta.url))

/** The output of test/references/pipeline/time_classify.py for an image, with Lobule's draws and boosters. */
export function publishedProtocol(
  picture: Picture,
  { recipe, boosters, timed, folder, scale }: Protocol,
): PythonAnswer {
  const python = pythonWith(join(references, 'requirements.txt'))
  const { sha256: imageSha256, path, ...size } = picture
  const draw = (augmentation: number) => ({ recipeSeed: recipe.seed, imageSha256, augmentation })
  const [widthPx, heightPx] = [resampledEdgePx(size.widthPx, scale), resampledEdgePx(size.heightPx, scale)]
  const augmentations = Array.from({ length: timed }, (_, augmentation) => augmentation)
  const sizes = recipe.crops.sets.map(({ sizePx }) => sizePx)
  const cropsOf = (augmentation: number, sizePx: number) =>
    planCrops({ ...draw(augmentation), sizePx, count: recipe.crops.count, widthPx, heightPx }).map((crop) => [
      crop.top,
      crop.left,
      crop.sizePx,
      crop.quarterTurns,
      crop.flipVertical,
      crop.flipHorizontal,
    ])
  const plan = {
    image: path,
    scale,
    sizes,
    encoders: recipe.encoders,
    batch,
    augmentations: recipe.augmentation.count,
    gains: augmentations.map((augmentation) => {
      const { hematoxylin, eosin } = drawGains(draw(augmentation), recipe.augmentation.gainRange)
      return [hematoxylin, eosin]
    }),
    crops: augmentations.map((augmentation) =>
      Object.fromEntries(sizes.map((sizePx) => [sizePx, cropsOf(augmentation, sizePx)])),
    ),
    boosters: Object.fromEntries(
      constituentsOf(recipe).map(({ encoder, cropSet }, constituent) => [
        `${encoder}-${sizes[cropSet] ?? 0}`,
        boosters.filter((booster) => booster.constituent === constituent).map((booster) => booster.path),
      ]),
    ),
  }
  const descriptors = join(folder, 'python')
  mkdirSync(descriptors, { recursive: true })
  const file = join(folder, 'plan.json')
  writeFileSync(file, JSON.stringify(plan))
  const answer = execFileSync(python, [join(references, 'time_classify.py'), file, descriptors], {
    // TensorFlow writes to stderr; if it fails, the error contains this output.
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 26,
  })
  return JSON.parse(answer.toString()) as PythonAnswer
}
