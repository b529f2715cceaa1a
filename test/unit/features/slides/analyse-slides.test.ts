import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  AppError,
  type AnalyseSlidesReport,
  type JobView,
  type RegionGeometry,
} from '../../../../electron/contract/index.ts'
import { DraftMap } from '../../../../electron/engine/slides/draft-map.ts'
import { draftMapFile } from '../../../../electron/engine/slides/map-file.ts'
import { hasEnded } from '../../../../electron/queue/queued-job.ts'
import { folds, quickSlide } from '../audit/quick-compute.ts'
import { startApplication, type Caller } from '../audit/seeded-workspace.ts'

let root: string
let caller: Caller
/** Files that the compute process was given, and those at which it fails. */
let given: string[]
/** Areas drawn as the tissue of each. */
let drawn: number[]
let failing: string[]
/** Called with each. */
let onSlide: (name: string) => Promise<void>

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-slides-'))
  given = []
  drawn = []
  failing = []
  onSlide = () => Promise.resolve()
  caller = startApplication(join(root, 'home'), {
    analyseSlide: async (task, context) => {
      const name = basename(task.image.path)
      given.push(name)
      drawn.push(task.tissue.drawn.length)
      await onSlide(name)
      if (context.signal.aborted) throw new AppError('job.cancelled', {})
      if (failing.includes(name))
        throw new AppError('image.truncated', { path: task.image.path, reason: 'cut' })
      const drafts = join(task.directory, 'drafts', name)
      mkdirSync(drafts, { recursive: true })
      writeFileSync(join(drafts, '0.block'), 'a block')
      context.report(1, 2)
      return { ...(await quickSlide(task, context)), drafts }
    },
  })
  const { call, finish } = caller
  for (const [c, name] of ['Benign', 'Malignant'].entries()) {
    mkdirSync(join(root, 'images', name), { recursive: true })
    for (let n = 0; n < folds; n++) await picture(join('images', name, `${name}${n}.png`), 40 * n, 90 * c)
  }
  mkdirSync(join(root, 'slides'))
  for (let n = 0; n < 3; n++) await picture(join('slides', `s${n}.png`), 7 * n, 200)
  await call('workspace.create', { path: join(root, 'w'), classes: 'Benign,Malignant*' })
  const labels = { labels: 'folder', casesPattern: null, pixelSizeUm: 0.5 } as const
  await finish(await call('image.import', { paths: [join(root, 'images')], ...labels }))
  await finish(await call('model.train', { name: 'm', recipe: 'quick' }))
  await finish(await call('image.import', { paths: [join(root, 'slides')], ...labels, labels: 'none' }))
})
afterEach(async () => {
  await caller.application.close()
  rmSync(root, { recursive: true })
})

async function picture(name: string, r: number, g: number): Promise<void> {
  const create = { width: 16, height: 12, channels: 3, background: { r, g, b: 9 } } as const
  await sharp({ create }).png().toFile(join(root, name))
}

async function idsOf(...names: string[]): Promise<number[]> {
  const images = await caller.call('image.list', {})
  return names.map((name) => images.find(({ fileName }) => fileName === name)?.id ?? 0)
}

const analyse = async (imageIds: number[], more: object = {}): Promise<AnalyseSlidesReport> =>
  (await caller.finish(
    await caller.call('slide.analyse', { imageIds, model: null, ...more }),
  )) as AnalyseSlidesReport

async function ended(jobId: number): Promise<JobView> {
  for (;;) {
    const job = await caller.call('job.get', { jobId })
    if (hasEnded(job) || job.state === 'paused') return job
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const drafts = (): string[] => {
  const folder = join(root, 'w', 'slide-maps', 'drafts')
  return existsSync(folder) ? readdirSync(folder) : []
}

it('keeps each analysis with its map, newest first, and answers with its places', async () => {
  const [imageId = 0, other = 0] = await idsOf('s0.png', 'Benign0.png')
  const report = await analyse([imageId, other], { strideUm: 200 })
  expect(report).toMatchObject({
    modelName: 'm',
    failed: [],
    analyses: [{ imageId, places: 1 }, { imageId: other }],
  })
  const square = { kind: 'rectangle', left: 1, top: 1, right: 9, bottom: 9 } as const
  await analyse([imageId], { region: square })
  const { call } = caller
  const analyses = await call('slide.analyses', { imageId })
  expect(analyses).toMatchObject([
    { fileName: 's0.png', region: square, grid: { strideUm: 168 }, outOfFold: false, pixelSizeUm: 0.5 },
    { region: null, grid: { strideUm: 200 }, modelName: 'm', weights: 'untrained', places: 1 },
  ])
  // The model was trained on it.
  expect(await call('slide.analyses', { imageId: other })).toMatchObject([{ outOfFold: true }])
  const analysisId = analyses[1]?.id ?? 0
  expect(await call('slide.map', { imageId, analysisId })).toEqual({
    analysisId,
    imageId,
    grid: { rows: 1, columns: 1, strideUm: 200, placeUm: 336 },
    classes: ['Benign', 'Malignant'],
    cells: [0],
    probabilities: [0.5, 0.5],
    likeness: null,
    tissueShare: [1],
    augmentations: null,
  })
  // An analysis of another image is none of this one.
  await expect(call('slide.map', { imageId: other, analysisId })).rejects.toThrow(/no analysis 1\./)
  expect(drafts()).toEqual([])
})

it('goes on after a slide that fails, and repeats only that one', async () => {
  const ids = await idsOf('s0.png', 's1.png', 's2.png')
  failing = ['s1.png']
  const { jobId } = await caller.call('slide.analyse', { imageIds: ids, model: 'm' })
  const report = (await ended(jobId)).report as AnalyseSlidesReport
  expect(report.analyses.map(({ imageId }) => imageId)).toEqual([ids[0], ids[2]])
  expect(report.failed).toMatchObject([{ imageId: ids[1], code: 'image.truncated' }])
  failing = []
  given = []
  const again = (await caller.finish(await caller.call('job.retry', { jobId }))) as AnalyseSlidesReport
  expect(again).toMatchObject({ analyses: [{ imageId: ids[1] }], failed: [] })
  expect(given).toEqual(['s1.png'])
})

it('skips what is finished when it is resumed, and shows places as progress', async () => {
  const ids = await idsOf('s0.png', 's1.png', 's2.png')
  const { jobId } = await caller.call('slide.analyse', { imageIds: ids, model: 'm' })
  onSlide = async (name) => {
    if (name === 's1.png') await caller.call('job.pause', { jobId })
  }
  expect(await ended(jobId)).toMatchObject({ state: 'paused', progress: { unit: 'places' } })
  onSlide = () => Promise.resolve()
  await caller.call('job.resume', { jobId })
  const { report } = await ended(jobId)
  expect(given).toEqual(['s0.png', 's1.png', 's1.png', 's2.png'])
  expect((report as AnalyseSlidesReport).analyses.map(({ imageId }) => imageId)).toEqual(ids)
  for (const imageId of ids) expect(await caller.call('slide.analyses', { imageId })).toHaveLength(1)
})

it('refuses a slide without a pixel size with what to do, and other questions that have no answer', async () => {
  const { call } = caller
  await picture('nowhere.png', 1, 2)
  await caller.finish(
    await call('image.import', { paths: [join(root, 'nowhere.png')], labels: 'none', casesPattern: null }),
  )
  const [unknown = 0, known = 0] = await idsOf('nowhere.png', 's0.png')
  const { failed } = await analyse([unknown])
  expect(failed).toMatchObject([{ code: 'slide.pixel-size-unknown', imageId: unknown }])
  expect(failed[0]?.message).toMatch(/Set it first.*--pixel-size/)
  const line: RegionGeometry = { kind: 'line', points: [[1, 1], [5, 5]] } // prettier-ignore
  await expect(call('slide.analyse', { imageIds: [known], model: 'm', region: line })).rejects.toThrow(
    /no places/,
  )
  const outside = { kind: 'rectangle', left: 0, top: 0, right: 99, bottom: 9 } as const
  await expect(call('slide.analyse', { imageIds: [known], model: 'm', region: outside })).rejects.toThrow(
    /outside/,
  )
  const both = { imageIds: [known, unknown], model: 'm', region: { ...outside, right: 9 } }
  await expect(call('slide.analyse', both)).rejects.toThrow(/a region is of one image/)
  await expect(call('slide.analyse', { imageIds: [known], model: 'none' })).rejects.toThrow(/no model "none"/)
  // Its map depends on it.
  await analyse([known])
  expect(await call('image.setPixelSize', { imageIds: [known], pixelSizeUm: 0.4 })).toMatchObject({ used: 1 })
})

it('backs its maps up, cleans only what was not finished, and names a map that is lost', async () => {
  const { call, finish } = caller
  const [imageId = 0] = await idsOf('s0.png')
  await analyse([imageId])
  const folder = join(root, 'w', 'slide-maps')
  mkdirSync(join(folder, 'drafts', 'key'), { recursive: true })
  writeFileSync(join(folder, 'drafts', 'key', '0.block'), 'a block')
  const maps = readdirSync(folder).filter((name) => name.endsWith('.map'))
  expect(maps).toHaveLength(1)
  expect((await call('workspace.info', {})).bytes).toMatchObject({ leftovers: 7 })
  const path = join(root, 'b.tar')
  expect(await finish(await call('backup.create', { path, withDerived: false }))).toMatchObject({
    problems: [],
  })
  await finish(await call('backup.restore', { path, directory: join(root, 'w2') }))
  expect(readdirSync(join(root, 'w2', 'slide-maps'))).toEqual(maps)
  expect(await call('storage.clean', { leftovers: true })).toMatchObject({ removedFiles: 1 })
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(maps))
  rmSync(join(folder, maps[0] ?? ''))
  const [analysis] = await call('slide.analyses', { imageId })
  await expect(call('slide.map', { imageId, analysisId: analysis?.id ?? 0 })).rejects.toThrow(/missing/)
  const lost = await finish(await call('backup.create', { path: join(root, 'c.tar') }))
  expect(lost).toMatchObject({
    problems: [`The map of an analysed slide is missing: slide-maps/${maps[0]}.`],
  })
})

it('analyses the tissue that readers drew', async () => {
  const [first = 0, second = 0] = await idsOf('s0.png', 's1.png')
  const area = { type: 'Polygon', coordinates: [[[0, 0], [9, 0], [0, 9]]] } // prettier-ignore
  const text = JSON.stringify({ type: 'Feature', geometry: area })
  await caller.call('slide.setTissue', { imageId: second, source: { text } })
  await analyse([first, second])
  expect(drawn).toEqual([0, 1])
  for (const [imageId, tissueSource] of [
    [first, 'found'],
    [second, 'drawn'],
  ] as const) {
    expect(await caller.call('slide.analyses', { imageId })).toMatchObject([{ tissueSource }])
  }
})

it('answers with the map of an unfinished analysis only while it runs', async () => {
  const [imageId = 0, other = 0] = await idsOf('s0.png', 's1.png')
  const { call } = caller
  const head = { grid: { rows: 1, columns: 2, strideUm: 168, placeUm: 336 }, classes: ['A', 'B'] }
  const write = async (name: string, jobId: number): Promise<string> => {
    const image = (await call('image.list', {})).find(({ fileName }) => fileName === name)
    const path = draftMapFile(join(root, 'w', 'slide-maps'), image?.sha256 ?? '', jobId)
    const draft = new DraftMap(path, { ...head, isPositive: [false, true], total: 2 })
    draft.add([1], Float32Array.of(0.25, 0.75), 4)
    draft.add([0], Float32Array.of(1, 0))
    await draft.write()
    return path
  }
  const seen: unknown[] = []
  onSlide = async (name) => {
    if (name === 's1.png') return
    const running = (await call('job.list', {})).find(({ state }) => state === 'running')?.id ?? 0
    // What an earlier job left behind is another analysis.
    await write('s1.png', running - 1)
    await write(name, running)
    seen.push(await call('slide.draft', { imageId }), await call('slide.draft', { imageId: other }))
  }
  await analyse([imageId, other])
  expect(seen).toEqual([
    {
      ...head,
      isPositive: [false, true],
      done: 1,
      total: 2,
      cells: [1, 0],
      spans: [4, 1],
      probabilities: [0.25, 0.75, 1, 0],
    },
    null,
  ])
  // One that a killed program left behind.
  expect(existsSync(await write('s0.png', 1))).toBe(true)
  expect(await call('slide.draft', { imageId })).toBeNull()
})
