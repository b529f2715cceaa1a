import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  parseClassScheme,
  trainingOfPair,
  type ClassifierChoice,
  type EncoderComparison,
  type EncoderName,
  type EncoderView,
} from '../../../../electron/contract/index.ts'
import { ComputeClient } from '../../../../electron/compute/client.ts'
import type { Tasks } from '../../../../electron/compute/tasks.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { compareEncoders, compareEncodersJob } from '../../../../electron/features/models/compare-encoders.ts'
import { comparisonCsv } from '../../../../electron/features/models/encoder-comparison-handlers.ts'
import { comparisonSection, conclusionSentences } from '../../../../electron/report/encoder-comparison.ts'
import { fileFormat } from '../../../../electron/report/format.ts'
import {
  createWorkspace,
  insertImage,
  insertLabel,
  type OpenWorkspace,
} from '../../../../electron/store/index.ts'
import type { JobServices } from '../../../../electron/session/job-services.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { jobRun } from '../../../support/job-run.ts'
import { newImage } from '../../../support/rows.ts'

type Training = Parameters<Tasks['train']>[0]

let root: string
let store: OpenWorkspace
/** Trainings that were made, and images that were encoded into the workspace. */
let trainings: { encoder: string; classifier: string; training: Training }[]
let encoded: string[]
/** How sure each encoder is of the label: 1 always right, 0 guessing. */
let knowledge: Partial<Record<EncoderName, number>>
/** Called before each training. */
let onTrain: () => void

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-compare-'))
  store = createWorkspace(join(root, 'w'), parseClassScheme('Benign,Malignant*'), 'test')
  trainings = []
  encoded = []
  knowledge = { vgg16: 1, resnet50: 0 }
  onTrain = () => undefined
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const view = (name: EncoderName, source: EncoderView['source']): EncoderView => ({
  name,
  title: `<${name}>`,
  source,
  fingerprint: `of ${name}`,
  licence: 'MIT',
  attribution: '',
  path: null,
})

function services(): JobServices {
  const { launch } = inProcessCompute({
    encoderList: () => Promise.resolve([view('vgg16', 'official'), view('resnet50', 'untrained')]),
    encoderRequire: ({ names: [name] }) =>
      Promise.resolve({
        source: name === 'resnet50' ? 'untrained' : 'official',
        fingerprints: { [String(name)]: `of ${String(name)}` },
      }),
    describe: ({ image, recipe, directory }) => {
      if (directory === store.folders.descriptors) encoded.push(`${recipe.encoders[0] ?? ''} ${image.sha256}`)
      return Promise.resolve({
        files: [`${recipe.encoders[0] ?? ''}-${image.sha256}.npy`],
        flags: [],
        backends: [],
      })
    },
    train: (training) => {
      onTrain()
      const encoder = /^[a-z0-9]+/.exec(training.images[0]?.files[0] ?? '')?.[0] ?? ''
      const classifier = training.options.classifier ?? 'lightgbm'
      trainings.push({ encoder, classifier, training })
      const share = knowledge[encoder] ?? 0
      const outOfFold = training.images.map(({ files, classIndex }) => {
        const draw = keyedGenerator('guesses', encoder, classifier, files[0] ?? '').nextFloat()
        const p = share * classIndex + (1 - share) * draw
        return [1 - p, p]
      })
      return Promise.resolve({ boosters: [], outOfFold, outOfFoldByConstituent: [outOfFold] })
    },
  })
  return {
    workspace: store,
    compute: new ComputeClient(launch, () => undefined),
    homeDirectory: root,
    version: 'test',
  } as unknown as JobServices
}

const label = (imageId: number, className: string): void =>
  void insertLabel(store.database, { imageId, className, reader: 'anna', at: new Date().toISOString() })

/** Cases with two images each; the label of a case is that of its number. */
function addCases(
  count: number,
  classOf: (index: number) => string = (n) => (n % 2 ? 'Malignant' : 'Benign'),
): void {
  for (let index = 0; index < count; index++) {
    for (let n = 0; n < 2; n++) {
      const path = join(root, `${index}-${n}.png`)
      writeFileSync(path, '')
      const said = { path, widthPx: 400, heightPx: 300, caseName: `case ${index}` }
      label(insertImage(store.database, newImage(`${index}${n}`.padStart(64, '0'), said)), classOf(index))
    }
  }
}

const compare = (
  classifiers: ClassifierChoice[] = ['lightgbm', 'logistic', 'both'],
  signal: AbortSignal = new AbortController().signal,
): Promise<EncoderComparison> =>
  compareEncoders(
    {
      recipe: 'starter',
      changes: { folds: 3, crops: [{ sizePx: 100, scale: 1 }] },
      encoders: ['resnet50', 'vgg16'],
      classifiers,
      groupBy: null,
    },
    jobRun(compareEncodersJob, { signal }),
    services(),
  )

/** What does not depend on the time that anything took. */
const figuresOf = ({ pairs, ...rest }: EncoderComparison): unknown => ({
  ...rest,
  pairs: pairs.map(({ encodingMs, trainingMs, ...pair }) => {
    expect(Math.min(encodingMs, trainingMs)).toBeGreaterThanOrEqual(0)
    return pair
  }),
})

it('gives every pair the same images, classes and folds, and tells the one that knows from those that guess', async () => {
  addCases(16)
  const found = await compare()
  expect(trainings.map(({ encoder, classifier }) => `${encoder} ${classifier}`)).toEqual(
    ['resnet50', 'vgg16'].flatMap((encoder) =>
      ['lightgbm', 'logistic', 'both'].map((kind) => `${encoder} ${kind}`),
    ),
  )
  const given = trainings.map(({ training: { images, options } }) => ({
    folds: options.folds,
    rows: images.map(({ files, ...row }) => [/\d{64}/.exec(files[0] ?? '')?.[0], row]),
  }))
  for (const one of given) expect(one).toEqual(given[0])
  // The images of a case are in one fold.
  const [first] = trainings
  const foldsOfCases = Map.groupBy(first?.training.images ?? [], ({ group }) => group)
  for (const own of foldsOfCases.values()) expect(new Set(own.map(({ fold }) => fold)).size).toBe(1)

  expect(found).toMatchObject({ images: 32, cases: 16, groupedBy: 'case', folds: 3, leftOut: [], failed: [] })
  expect(found.pairs[0]).toMatchObject({
    encoder: 'vgg16',
    accuracy: 1,
    auc: 1,
    aucByCase: 1,
    weights: 'official',
    licence: 'MIT',
    isBetterThanGuessing: true,
    toBest: null,
  })
  for (const { encoder, toBest } of found.pairs.slice(1)) {
    const isGuessing = encoder === 'resnet50'
    expect((toBest?.adjustedPValue ?? 1) < 0.05).toBe(isGuessing)
    expect(toBest?.comparison).toMatchObject({ images: 32, onlySecondRight: 0, flips: [] })
    if (!isGuessing) expect(toBest?.comparison.difference).toMatchObject({ value: 0, cases: 16 })
  }
  const [sentence, guessing] = conclusionSentences(found, fileFormat)
  expect(sentence).toMatch(
    /^By more than chance \(16 cases, all 6 considered at once\), 3 do worse than <vgg16>, boosted trees: <resnet50>, .* The rest differ from it by no more than chance\.$/,
  )
  expect(guessing).toBe('3 of 6 are shown to be better than guessing.')
  expect(JSON.stringify(comparisonSection(found, fileFormat))).toContain('UNTRAINED')
  expect(comparisonCsv(found).split('\r\n')[1]).toMatch(
    /^vgg16,lightgbm,official,MIT,32,16,1,1,1,1,1,1,1,,,,,/,
  )
  // Nothing is left among the classifiers of models.
  expect(readdirSync(store.folders.boosters).filter((name) => name.startsWith('.'))).toEqual([])
})

it('says that nothing differs by more than chance where labels are shuffled', async () => {
  knowledge = {}
  addCases(16)
  const found = await compare(['lightgbm', 'logistic'])
  expect(conclusionSentences(found, fileFormat)).toEqual([
    'Nothing here differs from the best by more than chance (16 cases, all 4 considered at once), so licence and speed may decide.',
    'None is shown to be better than guessing.',
  ])
})

it('cannot tell five cases apart, however different the encoders are', async () => {
  addCases(6)
  const five = { ...(await compare(['logistic'])), cases: 5 }
  expect(conclusionSentences(five, fileFormat)[0]).toBe(
    '5 cases cannot tell any of these apart: that needs at least 6.',
  )
})

it('goes on after a cancellation and gives the same bits', async () => {
  addCases(8)
  const whole = await compare()
  rmSync(join(store.folders.descriptors, 'comparisons'), { recursive: true })
  const made = trainings.length
  const controller = new AbortController()
  onTrain = () => {
    if (trainings.length === made + 3) controller.abort()
  }
  await expect(compare(undefined, controller.signal)).rejects.toMatchObject({ code: 'job.cancelled' })
  onTrain = () => undefined
  const before = trainings.length
  expect(figuresOf(await compare())).toEqual(figuresOf(whole))
  // Four were finished and stored, so two are left.
  expect(trainings.slice(before).map(({ encoder }) => encoder)).toEqual(['vgg16', 'vgg16'])

  // Nothing is trained again until something changes; a damaged result is.
  const stored = join(store.folders.descriptors, 'comparisons')
  const [file] = readdirSync(stored)
  writeFileSync(join(stored, file ?? ''), '{"result": 1}')
  const finished = trainings.length
  expect(figuresOf(await compare())).toEqual(figuresOf(whole))
  expect(trainings.length).toBe(finished + 1)
})

it('trains all again when a label changes', async () => {
  addCases(8)
  await compare(['logistic'])
  label(1, 'Malignant')
  await compare(['logistic'])
  expect(trainings).toHaveLength(4)
})

it('refuses a workspace without labels, and one with a case of each class', async () => {
  await expect(compare()).rejects.toThrow(/labelled images of at least 2 classes; this workspace has 0/)
  addCases(2)
  await expect(compare()).rejects.toThrow(/3 folds need at least 3 cases per class; class Benign has 1/)
  expect(encoded).toEqual([])
})

it('trains the chosen pair with the settings of the comparison, an encoder of one’s own by its own recipe', async () => {
  addCases(6)
  const found = await compare(['logistic'])
  const [pair] = found.pairs
  if (pair === undefined) throw new Error('nothing was compared')
  const crops = [{ sizePx: 100, scale: 1 }]
  expect(trainingOfPair(found, pair)).toEqual({
    recipe: 'starter',
    changes: { folds: 3, crops, encoders: [pair.encoder], classifier: 'logistic' },
    groupBy: 'case',
  })
  expect(trainingOfPair(found, { ...pair, encoder: 'a-lab-vit' })).toEqual({
    recipe: 'a-lab-vit',
    changes: { folds: 3, seeds: 1, seed: 0, rounds: 70, classifier: 'logistic' },
    groupBy: 'case',
  })
})
