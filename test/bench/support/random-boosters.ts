import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../../../electron/base/sha256.ts'
import type { Recipe } from '../../../electron/contract/index.ts'
import { Booster, Dataset } from '../../../electron/engine/boosting/index.ts'
import { constituentsOf } from '../../../electron/engine/descriptors/constituents.ts'
import { factsOf, type OpenEncoders } from '../../../electron/engine/encoders/index.ts'
import type { StoredBooster } from '../../../electron/engine/prediction/predict-ensemble.ts'
import { keyedGenerator } from '../../../electron/engine/random/index.ts'

/** A booster of two classes for each constituent, trained for five rounds on random descriptors, as a file of `folder`. */
export async function randomBoosters(
  recipe: Recipe,
  encoders: OpenEncoders,
  folder: string,
): Promise<StoredBooster[]> {
  const boosters: StoredBooster[] = []
  for (const [constituent, { encoder }] of constituentsOf(recipe).entries()) {
    const { length: columns } = factsOf((await encoders.get(encoder)).model)
    const random = keyedGenerator('bench', constituent)
    const rows = 100
    const parameters = { objective: 'multiclass', num_class: 2, verbosity: -1, num_threads: 1 }
    const data = Float32Array.from({ length: rows * columns }, () => random.nextFloat())
    const labels = Array.from({ length: rows }, (_, i) => i % 2)
    const dataset = await Dataset.fromMatrix(data, { rows, columns, labels, parameters })
    const booster = await Booster.train(dataset, parameters, { rounds: 5 })
    const text = await booster.toModelText()
    booster.close()
    dataset.close()
    const textSha256 = sha256(text)
    const path = join(folder, `${textSha256}.txt`)
    writeFileSync(path, text)
    boosters.push({ kind: 'lightgbm', constituent, fold: 0, seed: 0, textSha256, path })
  }
  return boosters
}
