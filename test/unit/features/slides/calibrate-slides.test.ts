import { rmSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  hasCode,
  leftOutSlides,
  outOfFoldSentence,
  slideCaveat,
  slideCaveatBeside,
  suggestionSentence,
  type AppError,
  slideAlgorithm,
} from '../../../../electron/contract/index.ts'
import { wilsonInterval } from '../../../../electron/engine/evaluation/intervals.ts'
import { labelledSlides } from '../../../support/labelled-slides.ts'
import { quickSlide } from '../audit/quick-compute.ts'
import { seededWorkspace, startApplication, type Caller } from '../audit/seeded-workspace.ts'

let seeded: Awaited<ReturnType<typeof seededWorkspace>>
let caller: Caller
/** What analyses are made by. */
let algorithm: number
/** Ten benign slides, then ten with carcinoma, each of its own case. */
let slides: number[]

beforeEach(async () => {
  seeded = await seededWorkspace()
  algorithm = slideAlgorithm
  caller = startApplication(join(seeded.root, 'home'), {
    analyseSlide: async (task, context) => ({ ...(await quickSlide(task, context)), algorithm }),
  })
  await caller.call('workspace.open', { path: seeded.path })
  slides = await labelledSlides(join(seeded.root, 'slides'), 'first', caller)
})
afterEach(async () => {
  await caller.application.close()
  seeded.remove()
})

const errorOf = async (work: Promise<unknown>): Promise<AppError> =>
  (await work.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: unknown) => error,
  )) as AppError

it('learns a threshold, judges it on held-out cases, and suggests a class from then on', async () => {
  const { call } = caller
  const [benign = 0] = slides
  const [before] = await call('slide.analyses', { imageId: benign })
  expect(before?.suggestion).toBeNull()
  expect(await call('slide.threshold', { model: 'first' })).toMatchObject({
    modelName: 'first',
    learned: null,
    positive: { slides: 10, cases: 10 },
    negative: { slides: 10, cases: 10 },
  })
  const learned = await call('slide.calibrate', { model: 'first' })
  const all = { value: 1, ...wilsonInterval(10, 10) }
  expect(learned).toMatchObject({
    modelName: 'first',
    threshold: 0.5,
    slides: 20,
    cases: 20,
    synthetic: false,
    algorithm: slideAlgorithm,
    outOfFold: {
      truePositives: 10,
      falseNegatives: 0,
      trueNegatives: 10,
      falsePositives: 0,
      sensitivity: all,
      specificity: all,
    },
  })
  expect(outOfFoldSentence(learned, (share) => `${Math.round(100 * share)} %`)).toBe(
    'With one case left out at a time, 10 of 10 slides with carcinoma were found (sensitivity 100 %, 95 % interval 72 % to 100 %), and 10 of 10 slides without carcinoma were recognised as such (specificity 100 %, 95 % interval 72 % to 100 %).',
  )
  expect(await call('slide.threshold', { model: 'first' })).toMatchObject({ learned })
  const suggestions = await Promise.all(
    slides.map(async (imageId) => (await call('slide.analyses', { imageId }))[0]?.suggestion),
  )
  expect(suggestions.map((one) => one?.isPositive)).toEqual([...Array<boolean>(10).fill(false), ...Array<boolean>(10).fill(true)]) // prettier-ignore
  expect(suggestions[0]).toEqual({
    isPositive: false,
    whyNone: null,
    share: 0,
    threshold: 0.5,
    isOutOfFold: true,
    isPackaged: false,
    learned,
  })
  const images = await call('image.list', {})
  expect(images.filter(({ slide }) => slide?.isPositive === true)).toHaveLength(10)
  // A slide of another case is judged by all of them, one that was analysed in a region by none.
  const other = images.find(({ id }) => !slides.includes(id) && id > 2)?.id ?? 0
  await caller.finish(await call('slide.analyse', { imageIds: [other], model: 'first' }))
  const region = { kind: 'rectangle', left: 1, top: 1, right: 9, bottom: 9 } as const
  await caller.finish(await call('slide.analyse', { imageIds: [other], model: 'first', region }))
  expect(await call('slide.analyses', { imageId: other })).toMatchObject([
    { suggestion: null },
    { suggestion: { isOutOfFold: false, isPositive: false } },
  ])
  // Of a case that trained the classifiers, none is suggested.
  await call('image.setCase', { imageIds: [other], caseName: 'B0' })
  const [, ofTrained] = await call('slide.analyses', { imageId: other })
  expect(ofTrained?.suggestion).toMatchObject({ isPositive: null, share: 0, threshold: 0.5 })
  expect((await call('image.get', { imageId: other })).slide).toMatchObject({ isPositive: null })
  const sentence = ofTrained?.suggestion && suggestionSentence(ofTrained.suggestion, String)
  expect(sentence).toMatch(/^No class is suggested for the slide: .* trained on images of its case\.$/)
  expect(ofTrained && slideCaveatBeside(ofTrained)).toBe(slideCaveat)
  // A training image has a suggestion of the fold that held it out, unless another fold saw its case.
  const fields = (await call('image.list', {})).filter(({ caseName }) => caseName === 'B4')
  const field = fields[0]?.id ?? 0
  await caller.finish(await call('slide.analyse', { imageIds: [field], model: 'first' }))
  const slideOf = async () => (await call('image.get', { imageId: field })).slide
  expect(await slideOf()).toMatchObject({ isPositive: false })
  await call('image.setCase', { imageIds: [field], caseName: 'M1' })
  expect(await slideOf()).toMatchObject({ isPositive: null })
  // Another model has a threshold of its own.
  expect(await call('slide.threshold', { model: 'second' })).toMatchObject({ learned: null })
})

it('leaves out slides that cannot be used, each with its reason, and refuses when too few are left', async () => {
  const { call, finish } = caller
  const [unlabelled = 0, withoutCase = 0, locked = 0, trained = 0] = slides
  await call('image.label', { imageIds: [unlabelled], className: 'Malignant', reader: 'ben' })
  await call('image.setCase', { imageIds: [withoutCase], caseName: null })
  const { caseName } = (await call('image.list', {})).find(({ id }) => id === locked) ?? {}
  const reason = 'The slides of one hospital.'
  await call('testSet.lock', { name: 'slides', rule: { kind: 'cases', cases: [caseName ?? ''] }, reason })
  // The case of a field that trained the model.
  await call('image.setCase', { imageIds: [trained], caseName: 'B0' })
  const leftOut = { locked: 1, unlabelled: 1, withoutCase: 1, older: 0, trained: 1 }
  expect(await call('slide.threshold', { model: 'first' })).toMatchObject({
    leftOut,
    negative: { slides: 6, cases: 6 },
  })
  const error = await errorOf(call('slide.calibrate', { model: 'first' }))
  expect(hasCode(error, 'slide.threshold-too-few')).toBe(true)
  expect(error.message).toMatch(
    /at least 10 cases with carcinoma and 10 without; usable slides, analysed by the model "first", are of 10 and 6 cases\..*1 in a locked test set, 1 without a label on which readers agree, 1 without a case, 1 predicted/,
  )
  // Training images are usable by the fold that held them out, as long as no other fold saw their case.
  const [field = 0] = (await call('image.list', {})).flatMap(({ id, caseName: own, label }) =>
    own === 'B4' && label !== null ? [id] : [],
  )
  await finish(await call('slide.analyse', { imageIds: [field], model: 'first' }))
  expect(await call('slide.threshold', { model: 'first' })).toMatchObject({
    negative: { slides: 7 },
    leftOut,
  })
  await call('image.setCase', { imageIds: [field], caseName: 'M1' })
  expect(await call('slide.threshold', { model: 'first' })).toMatchObject({
    negative: { slides: 6 },
    leftOut: { ...leftOut, trained: 2 },
  })
  // Areas of another algorithm are no measure for those of this one.
  algorithm -= 1
  await finish(await call('slide.analyse', { imageIds: slides.slice(4, 5), model: 'first' }))
  const outdated = await call('slide.threshold', { model: 'first' })
  expect(outdated).toMatchObject({ negative: { slides: 5 }, leftOut: { older: 1, trained: 2 } })
  expect(leftOutSlides(outdated.leftOut)).toContain('1 analysed by an earlier version of Lobule')
})

it('refuses slides of one class, and slides that no threshold separates', async () => {
  const { call } = caller
  const relabel = async (imageIds: number[], className: string): Promise<void> => {
    await call('reading.adjudicate', { imageIds, className })
  }
  await relabel(slides, 'Benign')
  expect((await errorOf(call('slide.calibrate', { model: 'first' }))).message).toMatch(
    /are of 0 and 20 cases/,
  )
  // The wrong way round: more carcinoma in the map where readers see none.
  await relabel(slides.slice(0, 10), 'Malignant')
  const error = await errorOf(call('slide.calibrate', { model: 'first' }))
  expect(hasCode(error, 'slide.threshold-inseparable')).toBe(true)
  expect(await call('slide.threshold', { model: 'first' })).toMatchObject({ learned: null })
})

it('travels with its model, without the names of cases and slides', async () => {
  const { call, finish } = caller
  const { id: _id, at: _at, modelName: _name, ...learned } = await call('slide.calibrate', { model: 'first' })
  const path = join(seeded.root, 'calibrated.zip')
  await finish(await call('model.export', { model: 'first', path }))
  await finish(await call('model.import', { path, name: 'imported' }))
  expect(await call('slide.threshold', { model: 'imported' })).toMatchObject({
    modelName: 'imported',
    learned: { ...learned, modelName: 'imported' },
  })
  await finish(await call('slide.analyse', { imageIds: slides.slice(0, 1), model: 'imported' }))
  // Which slides it was learned on is not known where the model is imported.
  const analyses = await call('slide.analyses', { imageId: slides[0] ?? 0 })
  expect(analyses).toMatchObject([
    { suggestion: { isPositive: false, threshold: 0.5, isOutOfFold: false, isPackaged: true } },
    { suggestion: { isOutOfFold: true, isPackaged: false } },
  ])
  const sentences = analyses.flatMap(({ suggestion }) =>
    suggestion === null ? [] : [suggestionSentence(suggestion, (share) => `${100 * share} %`)],
  )
  expect(sentences).toEqual([
    expect.stringMatching(/the threshold is 50 %, which came with the model and may have been learned on/),
    expect.stringMatching(/the threshold is 50 %, learned without the slides of this case\.$/),
  ])
  const { events } = await call('audit.list', { filter: { kinds: ['slide-threshold'] }, limit: 10 })
  expect(events).toMatchObject([{ object: { name: 'imported' } }, { object: { name: 'first' } }])
  expect(JSON.stringify(events)).not.toContain('carcinoma0')
})

it('keeps each threshold; the last one of a model counts', async () => {
  const { call } = caller
  const first = await call('slide.calibrate', { model: 'first' })
  await call('image.setCase', { imageIds: slides.slice(0, 1), caseName: 'moved' })
  const second = await call('slide.calibrate', { model: 'first' })
  expect(second.id).toBeGreaterThan(first.id)
  // The slides are the same ones, of other cases.
  expect(second.inputsSha256).not.toBe(first.inputsSha256)
  expect(await call('slide.threshold', { model: 'first' })).toMatchObject({ learned: { id: second.id } })
  await caller.application.close()
  const database = new Sqlite(join(seeded.path, 'workspace.sqlite'))
  for (const change of ['UPDATE slide_thresholds SET threshold = 0.1', 'DELETE FROM slide_thresholds'])
    expect(() => database.prepare(change).run(), change).toThrow(/append-only/)
  database.close()
  rmSync(join(seeded.root, 'slides'), { recursive: true })
})
