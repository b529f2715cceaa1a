import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  AppError,
  type CallInput,
  type RegionGeometry,
  type TrainReport,
} from '../../../../electron/contract/index.ts'
import type { Tasks } from '../../../../electron/compute/tasks.ts'
import { folds } from '../audit/quick-compute.ts'
import { startApplication, type Caller } from '../audit/seeded-workspace.ts'

let root: string
let caller: Caller
/** What the compute process was given. */
let described: Parameters<Tasks['describeFields']>[0][]
let trained: Parameters<Tasks['train']>[0][]
/** Of each field, whether it has tissue. */
let hasTissue: (index: number) => boolean
/** Ends of the paths of images whose fields cannot be made. */
let broken: string[]

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-train-regions-'))
  described = []
  trained = []
  hasTissue = () => true
  broken = []
  caller = startApplication(
    join(root, 'home'),
    {
      describe: ({ image }) => Promise.resolve({ files: [`${image.sha256}.npy`], flags: [], backends: [] }),
      describeFields: (task) => {
        described.push(task)
        const { path } = task.image
        if (broken.some((name) => path.endsWith(name)))
          return Promise.reject(new AppError('image.truncated', { path, reason: 'cut' }))
        return Promise.resolve(
          task.fields.map(({ sha256 }, index) => (hasTissue(index) ? [`${sha256}.npy`] : null)),
        )
      },
    },
    (request) => trained.push(request),
  )
  // Five cases of each class with one image, and two pictures without a label: of case B0, and of a case of its own.
  for (const [c, name] of ['Benign', 'Malignant'].entries()) {
    mkdirSync(join(root, 'images', name), { recursive: true })
    for (let n = 0; n < folds; n++)
      await picture(join('images', name, `${name[0] ?? ''}${n}.png`), 40 * n, 90 * c)
  }
  mkdirSync(join(root, 'more'))
  await picture('more/B0 more.png', 7, 200)
  await picture('more/X1.png', 8, 200)
  const { call, finish } = caller
  await call('workspace.create', { path: join(root, 'w'), classes: 'Benign,Malignant*' })
  await call('reader.add', { name: 'Ada' })
  const how = { casesPattern: '^(..)', pixelSizeUm: 0.5 }
  await finish(await call('image.import', { paths: [join(root, 'images')], labels: 'folder', ...how }))
  await finish(await call('image.import', { paths: [join(root, 'more')], labels: 'none', ...how }))
})
afterEach(async () => {
  await caller.application.close()
  rmSync(root, { recursive: true })
})

/** The recipe quick has crops of 336 um, 672 of these pixels: the pictures are smaller than two. */
async function picture(name: string, r: number, g: number): Promise<void> {
  const create = { width: 1400, height: 700, channels: 3, background: { r, g, b: 9 } } as const
  await sharp({ create }).png().toFile(join(root, name))
}

const box = (left: number, top: number, right: number, bottom: number): RegionGeometry => ({
  kind: 'rectangle',
  left,
  top,
  right,
  bottom,
})
const idOf = async (name: string): Promise<number> =>
  (await caller.call('image.list', {})).find(({ fileName }) => fileName === name)?.id ?? 0
async function draw(name: string, geometry: RegionGeometry, className: string | null): Promise<number> {
  const added = await caller.call('region.add', {
    imageId: await idOf(name),
    geometry,
    className,
    name: null,
    comment: null,
  })
  return added.id
}
const train = async (more: Partial<CallInput<'model.train'>> = {}): Promise<TrainReport> => {
  const started = await caller.call('model.train', { name: 'm', recipe: 'quick', regions: true, ...more })
  return (await caller.finish(started)) as TrainReport
}

describe('a training with regions', () => {
  it('cuts fields, keeps them in the fold of their case, and counts each region once', async () => {
    // One region of two fields, two of one.
    const wide = await draw('B0 more.png', box(0, 0, 1400, 700), 'Malignant')
    const inner = await draw('X1.png', box(10, 10, 60, 60), 'Benign')
    const own = await draw('M1.png', box(700, 0, 1400, 700), 'Benign')
    await draw('X1.png', { kind: 'point', points: [[5, 5]] }, 'Benign')
    await draw('X1.png', box(700, 0, 1400, 700), null)
    const report = await train()
    expect(report).toMatchObject({ images: 12, regions: { regions: 3, fields: 4 }, cases: 11, skipped: [] })
    expect(report.warnings?.join('\n')).toContain(
      'REGIONS: 3 labelled regions of 3 images (4 training fields) count like images in these figures',
    )
    expect(
      described.map(({ image, fields, tissue }) => [basename(image.path), fields.length, tissue]),
    ).toEqual([
      ['M1.png', 1, null],
      ['B0 more.png', 2, null],
      ['X1.png', 1, null],
    ])
    expect(described[1]?.fields.map(({ x, y }) => [x, y])).toEqual([
      [364, 350],
      [1036, 350],
    ])
    const [request] = trained
    expect(request?.images).toHaveLength(14)

    const { predictions, evaluation, images, warnings } = await caller.call('model.report', { model: 'm' })
    expect([predictions.length, evaluation.images, images]).toEqual([13, 13, 12])
    expect(warnings).toEqual(report.warnings)
    const byName = new Map(predictions.map((row) => [row.image, row]))
    expect(byName.get(`B0 more.png, region ${wide}`)).toMatchObject({
      caseName: 'B0',
      fold: byName.get('B0.png')?.fold,
      truth: 'Malignant',
      region: { fields: 2 },
    })
    expect(byName.get(`M1.png, region ${own}`)).toMatchObject({
      truth: 'Benign',
      fold: byName.get('M1.png')?.fold,
    })
    expect(byName.get(`X1.png, region ${inner}`)?.region?.fields).toBe(1)
    expect(byName.get('B0.png')).not.toHaveProperty('region')
    expect(await caller.call('model.list', {})).toMatchObject([{ images: 12, regions: 3 }])
  })

  it('leaves them out unless they are wanted', async () => {
    await draw('X1.png', box(10, 10, 60, 60), 'Benign')
    const report = await train({ regions: false })
    expect(report).toMatchObject({ images: 10 })
    expect(report).not.toHaveProperty('regions')
    expect(described).toEqual([])
    expect(await caller.call('model.list', {})).toMatchObject([{ images: 10, regions: 0 }])
  })

  it('predicts an image whose region trained it with the fold that held it out', async () => {
    await draw('X1.png', box(10, 10, 60, 60), 'Benign')
    await train()
    const imageId = await idOf('X1.png')
    await caller.finish(await caller.call('model.classify', { imageIds: [imageId], model: 'm' }))
    expect((await caller.call('image.verdicts', { imageId }))[0]?.outOfFold).toBe(true)
    // Its pixel size and its case are used.
    const changed = await caller.call('image.setCase', { imageIds: [imageId], caseName: 'Y' })
    expect(changed.models).toEqual(['m'])
  })

  it('counts an image without a case as one case with all its regions, also with folds by image', async () => {
    await caller.call('image.setCase', { imageIds: [await idOf('X1.png')], caseName: null })
    await draw('X1.png', box(0, 0, 60, 60), 'Benign')
    await draw('X1.png', box(1300, 0, 1400, 60), 'Malignant')
    for (const groupBy of ['case', 'image'] as const) {
      const report = await train({ name: groupBy, groupBy })
      expect(report.imagesWithoutCase).toBe(1)
      const { predictions } = await caller.call('model.report', { model: groupBy })
      const ofImage = predictions.filter(({ image }) => image.startsWith('X1'))
      expect(ofImage).toHaveLength(2)
      expect(new Set(ofImage.map(({ fold }) => fold)).size).toBe(1)
    }
  })

  it('does not use the label of a slide that has labelled regions', async () => {
    const imageId = await idOf('B1.png')
    await train({ name: 'before', regions: false })
    await caller.finish(await caller.call('slide.analyse', { imageIds: [imageId], model: 'before' }))
    await draw('B1.png', box(10, 10, 60, 60), 'Benign')
    await train()
    expect(described[0]?.tissue).toMatchObject({ drawn: [], image: { widthPx: 1400 } })
    const { predictions } = await caller.call('model.report', { model: 'm' })
    expect(
      predictions.filter(({ image }) => image.startsWith('B1')).map((row) => row.region?.fields),
    ).toEqual([1])
    expect(await caller.call('model.trainingFields', { recipe: 'quick' })).toMatchObject({
      imageIds: [imageId],
    })
  })

  it('does not use it either where no region of the slide has a field', async () => {
    const imageId = await idOf('B0 more.png')
    await caller.call('image.label', { imageIds: [imageId], className: 'Benign' })
    await train({ name: 'before', regions: false })
    await caller.finish(await caller.call('slide.analyse', { imageIds: [imageId], model: 'before' }))
    // One reader gave one place two classes: neither counts.
    await draw('B0 more.png', box(0, 0, 60, 60), 'Benign')
    await draw('B0 more.png', box(0, 0, 60, 60), 'Malignant')
    const notUsed = { counts: [], imageIds: [imageId], leftOut: { regions: 2, withoutPixelSize: 0 } }
    expect(await caller.call('model.trainingFields', { recipe: 'quick' })).toEqual(notUsed)
    expect(await train()).toMatchObject({ images: 10 })
  })

  it('leaves regions without tissue out, and says how many', async () => {
    await draw('B0 more.png', box(0, 0, 1400, 700), 'Malignant')
    await draw('X1.png', box(0, 0, 1400, 700), 'Benign')
    hasTissue = (index) => described.length > 1 && index === 0
    const report = await train()
    expect(report).toMatchObject({ images: 11, regions: { regions: 1, fields: 1 } })
    expect(report.warnings?.join('\n')).toContain(
      '1 labelled region was left out: less than half of each field is tissue.',
    )
  })

  it('leaves out an image with a label whose fields fail, also from its learning curve', async () => {
    await caller.call('image.label', { imageIds: [await idOf('B0 more.png')], className: 'Benign' })
    await draw('B0 more.png', box(0, 0, 1400, 700), 'Malignant')
    await draw('X1.png', box(0, 0, 60, 60), 'Benign')
    broken = ['B0 more.png']
    const report = await train()
    expect(report).toMatchObject({
      images: 11,
      regions: { regions: 1 },
      skipped: [{ imageId: await idOf('B0 more.png') }],
    })
    await caller.finish(await caller.call('model.learningCurve', { model: 'm', repeats: 1 }))
    expect((await caller.call('model.report', { model: 'm' })).learningCurve).toMatchObject({ images: 11 })
  })

  it('says how many of them were changed or deleted since', async () => {
    const [first, second] = [
      await draw('B0 more.png', box(0, 0, 1400, 700), 'Malignant'),
      await draw('X1.png', box(0, 0, 1400, 700), 'Benign'),
    ]
    await train()
    const headline = async (): Promise<string> => (await caller.call('model.report', { model: 'm' })).headline
    expect(await headline()).not.toContain('since it was trained')
    await caller.call('region.change', { regionId: first, className: 'Benign' })
    expect(await headline()).toContain('1 of its regions was changed or deleted since it was trained.')
    await caller.call('region.delete', { regionId: second })
    expect(await headline()).toContain('2 of its regions were changed or deleted since it was trained.')
  })

  it('measures a learning curve with the regions', async () => {
    await draw('B0 more.png', box(0, 0, 1400, 700), 'Malignant')
    await train()
    trained = []
    await caller.finish(await caller.call('model.learningCurve', { model: 'm', repeats: 1 }))
    const { learningCurve } = await caller.call('model.report', { model: 'm' })
    expect(learningCurve).toMatchObject({ images: 11, cases: 10, groupedBy: 'case' })
    // Ten images and two fields of a region, where all cases are drawn.
    expect(Math.max(...trained.map(({ images }) => images.length))).toBe(12)
  })

  it('refuses imported descriptors, which cover whole images', async () => {
    await expect(train({ descriptors: 'theirs' })).rejects.toMatchObject({
      code: 'training.regions-external',
    })
  })
})

describe('before a training', () => {
  it('says how many fields of how many images and classes there are', async () => {
    await draw('B0 more.png', box(0, 0, 1400, 700), 'Malignant')
    await draw('B0 more.png', box(0, 0, 1400, 700), 'Benign')
    await draw('X1.png', box(10, 10, 60, 60), 'Benign')
    const x1 = await idOf('X1.png')
    // One reader gave one place two classes: neither counts.
    expect(await caller.call('model.trainingFields', { recipe: 'quick' })).toEqual({
      counts: [{ imageId: x1, className: 'Benign', regions: 1, fields: 1 }],
      imageIds: [],
      leftOut: { regions: 2, withoutPixelSize: 0 },
    })
    // Crops of 200 pixels at half scale have half the edge.
    const smaller = await caller.call('model.trainingFields', {
      recipe: 'quick',
      changes: { crops: [{ sizePx: 200, scale: 0.5 }] },
    })
    expect(smaller.counts).toEqual([{ imageId: x1, className: 'Benign', regions: 1, fields: 1 }])
    const withRegions = await caller.call('model.estimate', { recipe: 'quick', regions: true })
    expect(withRegions).toMatchObject({ images: 10, fields: 1, encoders: [{ images: 11 }] })
    expect(await caller.call('model.estimate', { recipe: 'quick' })).toMatchObject({ images: 10, fields: 0 })
  })
})

describe('a model of regions', () => {
  it('goes into another workspace and back with its folds', async () => {
    await draw('B0 more.png', box(0, 0, 1400, 700), 'Malignant')
    await train()
    const path = join(root, 'm.zip')
    const { call, finish } = caller
    await finish(await call('model.export', { model: 'm', path }))
    expect(await finish(await call('model.import', { path, name: 'again' }))).toMatchObject({
      images: 11,
      imagesHere: 11,
    })
    // The same regions are compared with each other.
    expect(await call('model.compare', { first: 'm', second: 'again' })).toMatchObject({
      images: 11,
      onlyInFirst: 0,
    })
  })
})
