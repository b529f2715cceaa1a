import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BoosterCache, EnsemblePredictor } from '../../../../electron/engine/prediction/predict-ensemble.ts'
import { probabilityProblem } from '../../../../electron/engine/prediction/require-probabilities.ts'
import { boosterText, sha256 } from '../model-package/fixture.ts'

describe('class probabilities', () => {
  it.each<[string, number[], RegExp | null]>([
    ['rows that add up to 1', [0.25, 0.75, 1, 0], null],
    ['a rounding error', [0.1 + 0.2, 0.7 - 2e-16], null],
    ['a mean a rounding error above 1', [1 + 2 ** -52, 0], null],
    ['no number', [0.5, Number.NaN], /gives NaN as a probability/],
    ['raw scores', [-1.64, 2.64], /gives -1.64 as a probability/],
    ['more than 1', [1.5, -0.5], /gives 1.5/],
    ['a sum of less', [0.5, 0.499999], /add up to 0.9999/],
    ['a second row that is off', [0.5, 0.5, 0.5, 0.6], /add up to 1.1/],
    ['half a row', [0.5, 0.5, 0.5], /3 values for 2 classes/],
  ])('%s', (_, values, problem) => {
    if (problem === null) expect(probabilityProblem(values, 2)).toBeNull()
    else expect(probabilityProblem(values, 2)).toMatch(problem)
  })
})

describe('a booster that gives something else', () => {
  let folder: string
  let cache: BoosterCache
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lobule-probabilities-'))
    cache = new BoosterCache()
  })
  afterAll(async () => {
    await cache.keepOnly(new Set())
    rmSync(folder, { recursive: true })
  })

  const predictorOf = (text: string): EnsemblePredictor => {
    const path = join(folder, `${sha256(text)}.txt`)
    writeFileSync(path, text)
    const booster = {
      kind: 'lightgbm' as const,
      constituent: 0,
      fold: 0,
      seed: 0,
      textSha256: sha256(text),
      path,
    }
    return new EnsemblePredictor([booster], { heldOutFold: null, constituentCount: 1, classCount: 2, cache })
  }
  const image = [{ data: new Float32Array(4), rows: 1, columns: 4 }]

  it('is damaged: a workspace may hold one that an earlier version imported', async () => {
    const text = await boosterText('p', 2, 4)
    const sound = predictorOf(text)
    await sound.predict(image)
    expect(probabilityProblem(sound.prediction().probabilities, 2)).toBeNull()
    // Without its objective LightGBM gives raw scores.
    await expect(predictorOf(text.replace(/objective=.*\n/, '')).predict(image)).rejects.toMatchObject({
      code: 'model.corrupt',
      details: { reason: expect.stringMatching(/as a probability|add up to/) as string },
    })
  })
})
