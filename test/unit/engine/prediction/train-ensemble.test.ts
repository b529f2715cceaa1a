import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recipes, type Recipe } from '../../../../electron/contract/index.ts'
import { readNpy, writeNpy } from '../../../../electron/engine/descriptors/npy.ts'
import { argmax } from '../../../../electron/engine/evaluation/accuracy.ts'
import { stratifiedGroupKFold, stratifiedKFold } from '../../../../electron/engine/evaluation/folds.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import type { EnsembleOptions } from '../../../../electron/engine/prediction/member-training.ts'
import { BoosterCache, EnsemblePredictor } from '../../../../electron/engine/prediction/predict-ensemble.ts'
import { trainEnsemble } from '../../../../electron/engine/prediction/train-ensemble.ts'

const augmentations = 2
const columns = 12
const classNames = ['Benign', 'Malignant']
let root: string
beforeAll(() => (root = mkdtempSync(join(tmpdir(), 'lobule-train-'))))
afterAll(() => rmSync(root, { recursive: true }))

interface Field {
  classIndex: number
  case: number
}

/** Descriptor files: `value` for each image and column, plus a little noise for each augmentation. */
async function describeFields(
  name: string,
  fields: readonly Field[],
  value: (field: Field, column: number) => number,
): Promise<string[]> {
  const random = keyedGenerator('test-fields', name)
  const paths: string[] = []
  for (const [i, field] of fields.entries()) {
    const data = Float32Array.from(
      { length: augmentations * columns },
      (_, k) => value(field, k % columns) + 0.5 * random.nextFloat(),
    )
    const path = join(root, `${name}-${i}.npy`)
    await writeNpy(path, { rows: augmentations, columns, data })
    paths.push(path)
  }
  return paths
}

const { boosting } = recipes['quick'] as Recipe
const optionsFor = (
  directory: string,
  changes: Partial<EnsembleOptions> = {},
): EnsembleOptions & { reports: number[] } => {
  const reports: number[] = []
  return {
    constituentCount: 1,
    classCount: 2,
    folds: 4,
    seeds: 2,
    boosting: { ...boosting, rounds: 15, min_data_in_leaf: 2, num_leaves: 8 },
    directory: join(root, directory),
    signal: new AbortController().signal,
    report: (done) => reports.push(done),
    reports,
    ...changes,
  }
}

/** 20 cases of three images, ten of each class. */
const fields = Array.from({ length: 60 }, (_, i): Field => ({
  case: Math.floor(i / 3),
  classIndex: Math.floor(i / 3) % 2,
}))
const truth = fields.map((field) => field.classIndex)
const foldOptions = { nSplits: 4, randomState: 0 }
const byCase = (classes: readonly number[]): number[] =>
  stratifiedGroupKFold(
    classes,
    fields.map((field) => field.case),
    classNames,
    foldOptions,
  )

const accuracyOf = (outOfFold: readonly number[][], classes: readonly number[]): number =>
  outOfFold.filter((row, i) => argmax(row) === classes[i]).length / classes.length

describe('a training that is stopped', () => {
  it('resumes with finished boosters and gives the same bits, whatever is missing or damaged', async () => {
    const first = await describeFields('signal', fields, (field) => field.classIndex)
    const second = await describeFields('noise', fields, () => 0)
    const folds = byCase(truth)
    const images = fields.map(({ classIndex }, i) => ({
      files: [first[i] ?? '', second[i] ?? ''],
      classIndex,
      fold: folds[i] ?? 0,
      group: Math.floor(i / 3),
    }))
    const whole = await trainEnsemble(images, optionsFor('whole', { constituentCount: 2 }))
    expect(whole.boosters).toHaveLength(16)
    expect(accuracyOf(whole.outOfFold, truth)).toBe(1)
    // The mean over constituents is the ensemble's.
    whole.outOfFold.forEach((row, i) => {
      const [a, b] = whole.outOfFoldByConstituent.map((rows) => rows[i]?.[1] ?? 0)
      expect(row[1]).toBe(((a ?? 0) + (b ?? 0)) / 2)
    })

    // One at a time or more than there are cores: the same bits.
    for (const parallel of [1, 7]) {
      const options = optionsFor(`parallel-${parallel}`, { constituentCount: 2, parallel })
      expect(await trainEnsemble(images, options)).toEqual(whole)
      expect(options.reports.at(-1)).toBe(16)
      options.reports.forEach((done, i) => expect(done).toBeGreaterThanOrEqual(options.reports[i - 1] ?? 0))
    }

    const controller = new AbortController()
    const stopped = optionsFor('stopped', {
      constituentCount: 2,
      parallel: 2,
      signal: controller.signal,
      report: (done) => done >= 5 && controller.abort(),
    })
    await expect(trainEnsemble(images, stopped)).rejects.toMatchObject({ code: 'job.cancelled' })
    const units = join(root, 'stopped', 'units')
    const kept = readdirSync(units)
    // Up to two of the five count by their rounds only.
    expect(kept.length).toBeGreaterThanOrEqual(4)
    expect(kept.length).toBeLessThan(16)
    const [cut = '', lost = ''] = kept
    writeFileSync(join(units, cut), readFileSync(join(units, cut)).subarray(0, 200))
    const { textSha256 } = JSON.parse(readFileSync(join(units, lost), 'utf8')) as { textSha256: string }
    rmSync(join(root, 'stopped', `${textSha256}.txt`))
    expect(await trainEnsemble(images, optionsFor('stopped', { constituentCount: 2 }))).toEqual(whole)

    // Again: nothing is left to train, so an aborted signal stops nothing.
    const aborted = AbortSignal.abort()
    expect(
      await trainEnsemble(images, optionsFor('stopped', { constituentCount: 2, signal: aborted })),
    ).toEqual(whole)
  })

  it('never mistakes one booster for another: labels, folds and parameters are part of its key', async () => {
    const files = await describeFields('keys', fields, (field) => field.classIndex)
    const folds = byCase(truth)
    const imagesWith = (classes: readonly number[]) =>
      files.map((file, i) => ({
        files: [file],
        classIndex: classes[i] ?? 0,
        fold: folds[i] ?? 0,
        group: Math.floor(i / 3),
      }))
    const count = (): number => readdirSync(join(root, 'keys', 'units')).length
    await trainEnsemble(imagesWith(truth), optionsFor('keys', { seeds: 1 }))
    expect(count()).toBe(4)
    await trainEnsemble(
      imagesWith(truth.map((c, i) => (i < 3 ? 1 - c : c))),
      optionsFor('keys', { seeds: 1 }),
    )
    expect(count()).toBe(8)
    const fewer = { ...boosting, rounds: 5, min_data_in_leaf: 2 }
    await trainEnsemble(imagesWith(truth), optionsFor('keys', { seeds: 1, boosting: fewer }))
    expect(count()).toBe(12)
    // A second seed adds its own four and finds the first's.
    await trainEnsemble(imagesWith(truth), optionsFor('keys', { seeds: 2 }))
    expect(count()).toBe(16)
  })
})

describe('logistic regression', () => {
  it('is one for each constituent and fold, and resumes with the same bits', async () => {
    const files = await describeFields('logistic', fields, (field, k) => (k < 3 ? field.classIndex : 0))
    const folds = byCase(truth)
    const images = fields.map(({ classIndex }, i) => ({
      files: [files[i] ?? ''],
      classIndex,
      fold: folds[i] ?? 0,
      group: Math.floor(i / 3),
    }))
    const whole = await trainEnsemble(images, optionsFor('logistic', { classifier: 'logistic' }))
    expect(whole.boosters.map(({ kind, fold, seed }) => [kind, fold, seed])).toEqual(
      [0, 1, 2, 3].map((fold) => ['logistic', fold, 0]),
    )
    expect(accuracyOf(whole.outOfFold, truth)).toBe(1)

    const controller = new AbortController()
    const stopped = optionsFor('logistic-stopped', {
      classifier: 'logistic',
      parallel: 1,
      signal: controller.signal,
      report: (done) => done >= 2 && controller.abort(),
    })
    await expect(trainEnsemble(images, stopped)).rejects.toMatchObject({ code: 'job.cancelled' })
    const kept = readdirSync(join(root, 'logistic-stopped', 'units'))
    expect(kept.length).toBeGreaterThanOrEqual(2)
    expect(kept.length).toBeLessThan(4)
    const again = optionsFor('logistic-stopped', { classifier: 'logistic', parallel: 3 })
    expect(await trainEnsemble(images, again)).toEqual(whole)
    // Nothing is left to train.
    const aborted = optionsFor('logistic-stopped', { classifier: 'logistic', signal: AbortSignal.abort() })
    expect(await trainEnsemble(images, aborted)).toEqual(whole)
  })

  it('has half of the weight beside LightGBM, however many seeds there are, in training and in use', async () => {
    // Some noise, so that the two do not agree.
    const files = await describeFields('both', fields, (field, k) => {
      return 0.2 * field.classIndex + keyedGenerator('both', field.case, k).nextFloat()
    })
    const folds = byCase(truth)
    const images = fields.map(({ classIndex }, i) => ({
      files: [files[i] ?? ''],
      classIndex,
      fold: folds[i] ?? 0,
      group: Math.floor(i / 3),
    }))
    const trees = await trainEnsemble(images, optionsFor('both', { seeds: 3 }))
    const logistic = await trainEnsemble(images, optionsFor('both', { seeds: 3, classifier: 'logistic' }))
    const both = await trainEnsemble(images, optionsFor('both', { seeds: 3, classifier: 'both' }))
    expect(both.boosters).toEqual([...trees.boosters, ...logistic.boosters])
    expect(both.outOfFold).not.toEqual(trees.outOfFold)
    both.outOfFold.forEach((row, i) => {
      const half = ((trees.outOfFold[i]?.[1] ?? 0) + (logistic.outOfFold[i]?.[1] ?? 0)) / 2
      expect(Math.abs((row[1] ?? 0) - half)).toBeLessThan(1e-15)
    })

    const directory = join(root, 'both')
    const stored = both.boosters.map((one) => ({ ...one, path: join(directory, `${one.textSha256}.txt`) }))
    const cache = new BoosterCache()
    for (const image of [0, 31]) {
      const { matrix } = await readNpy(files[image] ?? '')
      const setting = { heldOutFold: folds[image] ?? 0, constituentCount: 1, classCount: 2, cache }
      const predictor = new EnsemblePredictor(stored, setting)
      await predictor.load()
      await predictor.predict([matrix])
      const { probabilities, boosters } = predictor.prediction()
      expect(boosters).toBe(4)
      probabilities.forEach((p, c) => {
        expect(Math.abs(p - (both.outOfFold[image]?.[c] ?? 0))).toBeLessThan(1e-15)
      })
      const each = predictor.byAugmentation()
      const mean = each.reduce((sum, row) => sum + (row[1] ?? 0), 0) / each.length
      expect(Math.abs(mean - (probabilities[1] ?? 0))).toBeLessThan(1e-15)
    }
    await cache.keepOnly(new Set())
  })
})

describe.each(['lightgbm', 'logistic'] as const)('no leak by %s', (kind) => {
  const classifier = kind === 'lightgbm' ? undefined : kind

  it('is at chance with permuted labels', async () => {
    const files = await describeFields('permuted', fields, (field) => field.classIndex)
    const accuracies: number[] = []
    for (let seed = 0; seed < 6; seed++) {
      // Whole cases change their label, as patients would.
      const ofCase = keyedGenerator('test-permute', seed).shuffle(Array.from({ length: 20 }, (_, c) => c % 2))
      const classes = fields.map((field) => ofCase[field.case] ?? 0)
      const folds = byCase(classes)
      const images = files.map((file, i) => ({
        files: [file],
        classIndex: classes[i] ?? 0,
        fold: folds[i] ?? 0,
        group: Math.floor(i / 3),
      }))
      const { outOfFold } = await trainEnsemble(
        images,
        optionsFor(`permuted-${seed}`, { seeds: 1, classifier }),
      )
      accuracies.push(accuracyOf(outOfFold, classes))
    }
    const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length
    // 120 cases in all: two standard errors of chance are 0.09; stratified folds lean a little below it.
    expect(mean).toBeGreaterThan(0.3)
    expect(mean).toBeLessThan(0.6)
  })

  it('a watermark of the case is found with folds by image, and not with folds by case', async () => {
    // A pattern for each case that gives no information about other cases.
    const marks = fields.map((field) =>
      Array.from({ length: columns }, (_, k) => 4 * keyedGenerator('mark', field.case, k).nextFloat()),
    )
    const files = await describeFields('marked', fields, (field, k) => marks[field.case * 3]?.[k] ?? 0)
    const accuracyWith = async (
      name: string,
      folds: number[],
      groupOf: (image: number) => number,
    ): Promise<number> => {
      const images = files.map((file, i) => ({
        files: [file],
        classIndex: truth[i] ?? 0,
        fold: folds[i] ?? 0,
        group: groupOf(i),
      }))
      return accuracyOf((await trainEnsemble(images, optionsFor(name, { classifier }))).outOfFold, truth)
    }
    // In 12 columns no line separates any 20 cases, so that a linear classifier finds fewer of them.
    expect(
      await accuracyWith('by-image', stratifiedKFold(truth, classNames, foldOptions), (i) => i),
    ).toBeGreaterThan(kind === 'lightgbm' ? 0.85 : 0.75)
    expect(await accuracyWith('by-case', byCase(truth), (i) => Math.floor(i / 3))).toBeLessThan(0.65)
  })
})
