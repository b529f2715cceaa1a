import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256OfFile } from '../../../electron/base/sha256.ts'
import type { Recipe } from '../../../electron/contract/index.ts'
import { Booster, Dataset } from '../../../electron/engine/boosting/index.ts'
import { constituentsOf, ensureDescriptors } from '../../../electron/engine/descriptors/index.ts'
import { descriptorLength } from '../../../electron/engine/recipe/descriptor-length.ts'
import type { OpenEncoders } from '../../../electron/engine/encoders/index.ts'
import { keyedGenerator } from '../../../electron/engine/random/index.ts'
import { syntheticClasses, writeSyntheticSet } from '../../../electron/engine/synthetic/index.ts'
import { boosterParameters, boosterSeeds } from '../../../electron/engine/prediction/booster-parameters.ts'
import type { StoredBooster } from '../../../electron/engine/prediction/predict-ensemble.ts'
import { trainEnsemble } from '../../../electron/engine/prediction/train-ensemble.ts'

const pathOf = (directory: string, textSha256: string): string => join(directory, `${textSha256}.txt`)

interface ModelOptions {
  folder: string
  encoders: OpenEncoders
  /** Mode dense; the number of augmentations of a training image. */
  recipe: Recipe
  fieldsPerClass: number
  /** Just large enough for the largest crop, so that encoding is quick. */
  edgePx: number
}

/**
 * All boosters of a recipe, trained as Lobule trains them, on synthetic fields: the structure is that of the
 * recipe; the trees are small because there are few rows.
 */
export async function trainModel(
  options: ModelOptions,
): Promise<{ boosters: StoredBooster[]; rows: number }> {
  const { folder, encoders, recipe, fieldsPerClass, edgePx } = options
  const fields = await writeSyntheticSet(join(folder, 'fields'), {
    perClass: fieldsPerClass,
    seed: 1,
    widthPx: edgePx,
    heightPx: edgePx,
  })
  const images = []
  for (const [index, { path, className }] of fields.entries()) {
    const sha256 = await sha256OfFile(path)
    const asked = {
      image: { path, page: 1, sha256, pixelSizeUm: null },
      recipe,
      encoders,
      directory: join(folder, 'descriptors'),
    }
    const { files } = await ensureDescriptors(asked)
    const classIndex = syntheticClasses.indexOf(className)
    images.push({ files, classIndex, fold: index % recipe.folds, group: index })
  }
  const directory = join(folder, 'boosters')
  const trained = await trainEnsemble(images, {
    constituentCount: constituentsOf(recipe).length,
    classCount: syntheticClasses.length,
    folds: recipe.folds,
    seeds: recipe.seeds,
    boosting: recipe.boosting,
    directory,
    signal: new AbortController().signal,
    report: () => undefined,
  })
  const boosters = trained.boosters.map((one) => ({ ...one, path: pathOf(directory, one.textSha256) }))
  return { boosters, rows: images.length * recipe.augmentation.count }
}

/**
 * As many boosters as the recipe has, with trees as large as those of a real training, for loading and predicting.
 * One for each number of columns is trained, on a sample of the columns for each tree, which is quick and does not
 * make the trees smaller; the others are its text under other seeds.
 */
export async function makeFullSizeModel(
  folder: string,
  recipe: Recipe,
): Promise<{ boosters: StoredBooster[]; bytes: number; leavesOfATree: number }> {
  mkdirSync(folder, { recursive: true })
  const texts = new Map<number, string>()
  const boosters: StoredBooster[] = []
  let bytes = 0
  for (const [constituent, { encoder }] of constituentsOf(recipe).entries()) {
    const columns = descriptorLength(recipe, encoder)
    const text = texts.get(columns) ?? (await fullSizeText(columns, recipe))
    texts.set(columns, text)
    for (let run = 0; run < recipe.folds * recipe.seeds; run++) {
      const [seed, fold] = [Math.floor(run / recipe.folds), run % recipe.folds]
      // A constituent's position in a seed that is no longer used.
      const own = text.replace(/^\[bagging_seed: .*\]$/m, `[bagging_seed: ${1000 * constituent + run}]`)
      const textSha256 = createHash('sha256').update(own).digest('hex')
      const path = pathOf(folder, textSha256)
      writeFileSync(path, own)
      bytes += own.length
      boosters.push({ kind: 'lightgbm', constituent, seed, fold, textSha256, path })
    }
  }
  const leaves = [...texts.values()].flatMap((text) =>
    [...text.matchAll(/^num_leaves=(\d+)$/gm)].map(([, count]) => Number(count)),
  )
  return { boosters, bytes, leavesOfATree: leaves.reduce((sum, count) => sum + count, 0) / leaves.length }
}

/** Rows of a full-size training set. */
const fullSizeRows = 18_000

async function fullSizeText(columns: number, { boosting }: Recipe): Promise<string> {
  const classCount = syntheticClasses.length
  const generator = keyedGenerator('bench-pipeline', columns)
  const labels = Float32Array.from({ length: fullSizeRows }, () => generator.nextInteger(classCount))
  const matrix = new Float32Array(fullSizeRows * columns)
  matrix.forEach((_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns]
    const value = generator.nextFloat()
    const told = column % 37 === 0 ? 0.1 * (((labels[row] ?? 0) + column) % classCount) : 0
    matrix[at] = value * value * value + told
  })
  const parameters = {
    ...boosterParameters(boosting, classCount),
    ...boosterSeeds(0, 0),
    feature_fraction: 0.03,
  }
  const dataset = await Dataset.fromMatrix(matrix, { rows: fullSizeRows, columns, labels, parameters })
  const booster = await Booster.train(dataset, parameters, { rounds: boosting.rounds })
  const text = await booster.toModelText()
  booster.close()
  dataset.close()
  return text
}
