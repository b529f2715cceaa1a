import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type {
  ClassScheme,
  ImageView,
  OpeningReport,
  TestSetOpening,
  TestSetRule,
} from '../../../../electron/contract/index.ts'
import { chooseImages } from '../../../../electron/features/test-sets/choose-images.ts'
import { evaluateTestSet } from '../../../../electron/engine/evaluation/test-set.ts'
import { startApplication, type Caller } from '../audit/seeded-workspace.ts'

const classes: ClassScheme = [
  { name: 'Benign', isPositive: false, key: '1', colour: '#0072b2' },
  { name: 'Malignant', isPositive: true, key: '2', colour: '#d55e00' },
]

const image = (id: number, caseName: string | null, className: string | null): ImageView =>
  ({
    id,
    sha256: String(id).padStart(64, '0'),
    caseName,
    label: className === null ? null : { className },
    testSet: null,
  }) as unknown as ImageView

describe('chooses images', () => {
  const images = [
    image(1, 'a', 'Benign'),
    image(2, 'a', null),
    image(3, 'b', 'Benign'),
    image(4, 'c', 'Malignant'),
    image(5, null, 'Malignant'),
    image(6, null, 'Malignant'),
  ]

  it('always with every other image of their cases', () => {
    const rule: TestSetRule = { kind: 'images', imageIds: [2, 5] }
    expect(chooseImages(images, classes, rule)).toEqual({ caseNames: ['a'], imageIds: [1, 2, 5] })
    const byCase: TestSetRule = { kind: 'cases', cases: ['c', 'a'] }
    expect(chooseImages(images, classes, byCase)).toEqual({ caseNames: ['a', 'c'], imageIds: [1, 2, 4] })
    expect(chooseImages(images, classes, { kind: 'later' })).toEqual({ caseNames: [], imageIds: [] })
  })

  it('at random by class, whatever the order of import', () => {
    const many = Array.from({ length: 40 }, (_, n) =>
      image(n + 1, `case ${n % 20}`, n % 20 < 15 ? 'Benign' : 'Malignant'),
    )
    const rule = { kind: 'random', share: 0.2, seed: 1 } as const
    const chosen = chooseImages(many, classes, rule)
    // 20 % of 15 benign and of 5 malignant cases, with two images each.
    const ofClass = (name: string): number =>
      new Set(
        many
          .filter(({ id, label }) => chosen.imageIds.includes(id) && label?.className === name)
          .map(({ caseName }) => caseName),
      ).size
    expect([ofClass('Benign'), ofClass('Malignant')]).toEqual([3, 1])
    expect(chosen.imageIds).toHaveLength(8)
    const turned = chooseImages(many.toReversed(), classes, rule)
    expect(turned.caseNames).toEqual(chosen.caseNames)
    expect(chooseImages(many, classes, { ...rule, seed: 2 }).caseNames).not.toEqual(chosen.caseNames)
  })

  it('by a value of a column, whole cases or none', () => {
    const from = (folder: string, own: ImageView): ImageView => ({
      ...own,
      fileName: `${own.id}.png`,
      originalPath: `/data/${folder}/${own.id}.png`,
    })
    const sites = [
      from('A', image(1, 'a', null)),
      from('B', image(2, 'b', null)),
      from('B', image(3, 'b', null)),
      from('B', image(4, null, null)),
    ]
    const rule = { kind: 'column', column: 'folder', value: 'B', values: null } as const
    expect(chooseImages(sites, classes, rule)).toEqual({ caseNames: ['b'], imageIds: [2, 3, 4] })
    const table = [
      { name: 'A', value: 'Berlin' },
      { name: '2.PNG', value: ' Basel ' },
    ]
    const site = { kind: 'column', column: 'site', value: 'Berlin', values: table } as const
    expect(chooseImages(sites, classes, site)).toEqual({ caseNames: ['a'], imageIds: [1] })
    expect(() => chooseImages(sites, classes, { ...site, value: 'Bonn' })).toThrow(
      /no image has.*Its values: Basel, Berlin/i,
    )
    expect(() => chooseImages(sites, classes, { ...site, value: 'Basel' })).toThrow(
      /Case b has images with "Basel" and others without a value/,
    )
    const split = [...sites, from('A', image(5, 'b', null))]
    expect(() => chooseImages(split, classes, rule)).toThrow(
      'Case b has images with "B" and others with "A" in the column "folder".',
    )
  })

  it('names a case in any form of Unicode', () => {
    const composed = [image(1, 'M\u00FCller', 'Benign'), image(2, 'b', 'Benign')]
    const rule = { kind: 'cases' as const, cases: ['Mu\u0308ller'] }
    expect(chooseImages(composed, classes, rule)).toEqual({ caseNames: ['M\u00FCller'], imageIds: [1] })
  })

  it('and refuses what is not there, or belongs to another test set', () => {
    const refused = (rule: Parameters<typeof chooseImages>[2], all = images): unknown => {
      try {
        return chooseImages(all, classes, rule)
      } catch (error) {
        return (error as { code: string }).code
      }
    }
    expect(refused({ kind: 'cases', cases: ['a', 'z'] })).toBe('case.not-found')
    expect(refused({ kind: 'images', imageIds: [9] })).toBe('image.not-found')
    expect(refused({ kind: 'random', share: 0.5, seed: 0 }, [image(1, 'a', 'Benign')])).toBe(
      'test-set.nothing-to-lock',
    )
    const locked = [...images, { ...image(7, 'd', 'Benign'), testSet: 'old' }]
    expect(refused({ kind: 'cases', cases: ['b', 'd'] }, locked)).toBe('test-set.overlaps')
  })
})

it('evaluates by the same code as a training, with the calibrated probabilities', () => {
  const row = (n: number, truth: string, malignant: number, set: string[]) => ({
    image: `${n}.png`,
    sha256: String(n).padStart(64, '0'),
    caseName: `case ${Math.floor(n / 2)}`,
    truth,
    predicted: malignant >= 0.5 ? 'Malignant' : 'Benign',
    carcinomaScore: malignant,
    probabilities: { Benign: 1 - malignant, Malignant: malignant },
    predictionSet: set,
  })
  const rows = [
    row(0, 'Malignant', 0.9, ['Malignant']),
    row(1, 'Malignant', 0.4, ['Benign']),
    row(2, 'Benign', 0.2, ['Benign']),
    row(3, 'Benign', 0.3, ['Benign', 'Malignant']),
  ]
  const { evaluation, interval, predictionSets } = evaluateTestSet(rows, { classes, operatingPoint: 0.35 })
  expect(evaluation).toMatchObject({ images: 4, cases: 2, accuracy: 0.75, auc: 1, folds: ['test set'] })
  expect(evaluation.confusion).toEqual([
    [2, 0],
    [1, 1],
  ])
  // Two cases, one half right and one right: resampling gives 0.5 to 1, widened by t(1 df) / z and the square root of 2.
  expect(interval).toEqual({ low: 0, high: 1 })
  // Both carcinomas are at or above 0.35, and no benign image is.
  expect(evaluation.operatingPoints.find(({ threshold }) => threshold === 0.35)).toMatchObject({
    sensitivity: 1,
    specificity: 1,
  })
  // Brier: ((0.1² + 0.6² + 0.2² + 0.3²) · 2 classes) / 4 for the largest, once for the score.
  expect(evaluation.calibration.find(({ of }) => of === 'positive')?.before.brier).toBeCloseTo(0.125, 12)
  expect(predictionSets).toEqual({ level: 0.9, coverage: 0.75 })
})

it('gives no interval of width zero: one case, or all right, is not certainty', () => {
  const row = (n: number) => ({
    image: `${n}.png`,
    sha256: String(n).padStart(64, '0'),
    caseName: `case ${n}`,
    truth: 'Malignant',
    predicted: 'Malignant',
    carcinomaScore: 0.9,
    probabilities: { Benign: 0.1, Malignant: 0.9 },
    predictionSet: ['Malignant'],
  })
  const lowOf = (cases: number): number => {
    const rows = Array.from({ length: cases }, (_, n) => row(n))
    const { interval } = evaluateTestSet(rows, { classes, operatingPoint: 0.5 })
    expect(interval.high).toBeCloseTo(1, 12)
    return interval.low
  }
  // Wilson: n / (n + z²), with z = 1.959964.
  expect(lowOf(1)).toBeCloseTo(1 / (1 + 1.959964 ** 2), 6)
  expect(lowOf(10)).toBeCloseTo(10 / (10 + 1.959964 ** 2), 6)
})

describe('in a workspace', () => {
  let root: string
  let app: Caller
  let imageCount = 0

  async function importImages(folder: string, className: string, names: readonly string[]): Promise<void> {
    const directory = join(root, folder, className)
    mkdirSync(directory, { recursive: true })
    for (const name of names) {
      imageCount++
      const background = { r: imageCount, g: 7, b: 99 }
      await sharp({ create: { width: 16, height: 12, channels: 3, background } })
        .png()
        .toFile(join(directory, `${name}.png`))
    }
    const paths = [join(root, folder)]
    await app.finish(
      await app.call('image.import', { paths, labels: 'folder', casesPattern: '^([A-Z]\\d+)' }),
    )
  }

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'lobule-test-sets-'))
    app = startApplication(join(root, 'home'))
    imageCount = 0
    await app.call('workspace.create', { path: join(root, 'w'), classes: 'Benign,Malignant*' })
    await importImages('benign', 'Benign', ['A0', 'A1', 'A2', 'A3', 'A4'])
    await importImages('malignant', 'Malignant', ['B0', 'B1', 'B2', 'B3', 'B4'])
    await app.finish(await app.call('model.train', { name: 'first', recipe: 'quick' }))
  })
  afterEach(async () => {
    await app.application.close()
    rmSync(root, { recursive: true })
  })

  const lock = (name: string, cases: string[]) =>
    app.call('testSet.lock', { name, rule: { kind: 'cases', cases }, reason: 'The other hospital.' })
  const open = async (testSet: string, model: string, again = false): Promise<TestSetOpening> =>
    (await app.finish(
      await app.call('testSet.open', { testSet, model, reason: 'The final test.', again }),
    )) as TestSetOpening

  it('says who opened it, how often, and what was promised', async () => {
    await importImages('site', 'Malignant', ['X0', 'X0b', 'X1'])
    await importImages('site', 'Benign', ['Y0'])
    const set = await lock('site B', ['X0', 'X1', 'Y0'])
    expect(set).toMatchObject({
      images: 4,
      labelled: 4,
      cases: 3,
      suggestedBefore: 0,
      openings: [],
      trainedModels: [],
    })
    const first = await open('Site b', 'first')
    // The stub suggests Malignant for each image.
    expect(first).toMatchObject({
      testSet: 'site B',
      model: 'first',
      number: 1,
      numberForModel: 1,
      images: 4,
      cases: 3,
      accuracy: 0.75,
      over: 'case',
      leftOut: { unlabelled: 0, trained: 0, sameCase: 0, failed: 0 },
      promised: { accuracy: 1 },
    })
    await expect(open('site B', 'first')).rejects.toMatchObject({ code: 'test-set.opened-before' })
    expect(await open('site B', 'first', true)).toMatchObject({ number: 2, numberForModel: 2 })
    await app.finish(await app.call('model.train', { name: 'second', recipe: 'quick' }))
    expect(await open('site B', 'second')).toMatchObject({ number: 3, numberForModel: 1 })

    const report = await app.call('model.report', { model: 'second' })
    expect(report.testSets).toMatchObject([
      { name: 'site B', openedTimes: 3, openedForModels: 2, openings: [{ number: 3 }] },
    ])
    const { events } = await app.call('audit.list', { filter: { kinds: ['test-set'] } })
    expect(events.map(({ after }) => after)).toMatchObject([
      { state: 'opened', number: 3, model: 'second', accuracy: 0.75 },
      { state: 'opened', number: 2, model: 'first' },
      { state: 'opened', number: 1, model: 'first' },
      { state: 'locked', images: 4, cases: 3 },
    ])
    expect(events[0]).toMatchObject({ reason: 'The final test.' })
    const whole: OpeningReport = await app.call('testSet.opening', { openingId: first.id })
    expect(whole.predictions).toHaveLength(4)
    // To look again is no opening.
    expect((await app.call('testSet.list', {}))[0]?.openings).toHaveLength(3)
  })

  it('counts out images that trained the model, and other images of their cases', async () => {
    await importImages('more', 'Malignant', ['A0x', 'X0'])
    await lock('mixed', ['A0', 'A1', 'X0'])
    const [set] = await app.call('testSet.list', {})
    expect(set).toMatchObject({ images: 4, trainedModels: [{ model: 'first', images: 3 }] })
    expect(await open('mixed', 'first')).toMatchObject({
      images: 1,
      leftOut: { trained: 2, sameCase: 1, unlabelled: 0 },
    })
    await lock('seen', ['B0'])
    await expect(open('seen', 'first')).rejects.toMatchObject({ code: 'test-set.nothing-to-open' })
  })

  it('takes every later image until it is closed, and the cases that are only there for good', async () => {
    await app.call('testSet.lock', { name: 'next year', rule: { kind: 'later' }, reason: 'Unseen.' })
    await importImages('later', 'Malignant', ['X0', 'B0x'])
    const closed = await app.call('testSet.close', { testSet: 'next year' })
    expect(closed).toMatchObject({ images: 2, isCollecting: false })
    await importImages('after', 'Malignant', ['X0c', 'X9'])
    const images = await app.call('image.list', {})
    const locked = images.filter(({ testSet }) => testSet === 'next year').map(({ fileName }) => fileName)
    expect(locked).toEqual(['B0x.png', 'X0.png', 'X0c.png'])
    await expect(app.call('testSet.close', { testSet: 'next year' })).rejects.toMatchObject({
      code: 'test-set.not-collecting',
    })
    expect(await app.call('audit.verify', {})).toMatchObject({ problems: [] })
  })

  it('is released for good: its images train like all others, and it cannot be opened any more', async () => {
    await importImages('site', 'Malignant', ['X0'])
    await lock('site B', ['X0'])
    await open('site B', 'first')
    const ids = (await app.call('image.list', {})).filter(({ testSet }) => testSet).map(({ id }) => id)
    await expect(app.call('model.classify', { imageIds: ids, model: 'first' })).rejects.toMatchObject({
      code: 'test-set.locked',
    })
    const all = await app.finish(await app.call('model.classify', { imageIds: null, model: 'first' }))
    expect(all).toMatchObject({ classified: 10, locked: 1 })
    const released = await app.call('testSet.release', { testSet: 'site B', reason: 'More data.' })
    expect(released.released).toMatchObject({ reason: 'More data.' })
    await expect(open('site B', 'first', true)).rejects.toMatchObject({ code: 'test-set.released' })
    await expect(app.call('testSet.release', { testSet: 'site B', reason: 'Again.' })).rejects.toMatchObject({
      code: 'test-set.released',
    })
    await expect(lock('site B', ['X0'])).rejects.toMatchObject({ code: 'test-set.exists' })
    await app.finish(await app.call('model.train', { name: 'second', recipe: 'quick' }))
    const { images, testSets } = await app.call('model.report', { model: 'second' })
    expect(images).toBe(11)
    expect(testSets).toEqual([])
    expect((await app.call('model.report', { model: 'first' })).testSets).toMatchObject([
      { name: 'site B', isReleased: true, openedTimes: 1 },
    ])
  })

  it('keeps locked images out of the comparison of models from before the lock', async () => {
    await app.finish(await app.call('model.train', { name: 'second', recipe: 'quick', changes: { seed: 5 } }))
    expect(await app.call('model.compare', { first: 'first', second: 'second' })).toMatchObject({
      images: 10,
    })
    await lock('late', ['A0', 'B0'])
    expect(await app.call('model.compare', { first: 'first', second: 'second' })).toMatchObject({ images: 8 })
  })
})
