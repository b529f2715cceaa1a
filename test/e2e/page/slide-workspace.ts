import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { minThresholdCases, parseClassScheme, slideAlgorithm } from '../../../electron/contract/index.ts'
import { writeSlideMap } from '../../../electron/engine/slides/map-file.ts'
import { summarise } from '../../../electron/engine/slides/summarise.ts'
import {
  makeSyntheticField,
  syntheticClasses,
  type SyntheticClass,
} from '../../../electron/engine/synthetic/index.ts'
import {
  createWorkspace,
  findModel,
  insertImage,
  insertModel,
  insertSlideAnalysis,
  openWorkspace,
  workspaceFolders,
  type Writable,
} from '../../../electron/store/index.ts'
import { startApplication } from '../../unit/features/audit/seeded-workspace.ts'
import { newImage, newModel } from '../../support/rows.ts'
import { drawnMap } from '../../support/slide-map.ts'

const classes = parseClassScheme('Normal,Benign,InSitu*,Invasive*')
const pixelSizeUm = 1
const size = { widthPx: 3000, heightPx: 2250 }

/** A place every 168 um: `n` normal, `b` benign, `s` in situ, `i` invasive; without a letter there is no tissue. */
const drawing = [
  '................',
  '.nnnnn...bbbbb..',
  '.nnnnnn..bbbbbb.',
  '.nnnnnn..bbsbbb.',
  '.nnnnn...bbbbb..',
  '................',
  '..ssssss..iiii..',
  '..ssssss.iiiiii.',
  '..snssss.iiiiii.',
  '..ssssss..iiii..',
  '................',
  '................',
]
const likely: Readonly<Record<string, number>> = { n: 0, b: 1, s: 2, i: 3 }

const modelName = 'first look'
/** Of the slide, and of those that `addCaseSlides` adds. */
const caseName = 'K-1'

/** A workspace with a synthetic slide of 3 x 2.25 mm, a field, a model, and the model's analysis of the slide, without a training. */
export async function makeSlideWorkspace(home: string, workspace: string): Promise<void> {
  const store = createWorkspace(workspace, classes, 'test')
  const { database } = store
  insertModel(
    database,
    newModel(classes, {
      name: modelName,
      weights: 'official',
      cases: 6,
      accuracy: 0.8,
      foldAccuracies: [0.8],
    }),
  )
  const path = join(home, 'slide.tif')
  await drawSlide(path, syntheticClasses)
  await insertDrawnSlide(database, { path, sha256: 'ab'.repeat(32), caseName, rows: drawing, ...size })
  const field = join(home, 'field.png')
  await sharp({ create: { width: 64, height: 48, channels: 3, background: '#d8a0c0' } }).toFile(field)
  insertImage(database, newImage('cd'.repeat(32), { path: field, widthPx: 64, heightPx: 48, pixelSizeUm }))
  store.close()
}

/** Adds three slides of the slide's case; the last one has half as many pixels, of twice the size. */
export async function addCaseSlides(home: string, workspace: string): Promise<void> {
  const store = openWorkspace(workspace, 'test')
  for (const [index, scale] of [1, 1, 2].entries()) {
    const turned = [...syntheticClasses.slice(index + 1), ...syntheticClasses.slice(0, index + 1)]
    const path = join(home, `slide ${index + 2}.tif`)
    await drawSlide(path, turned, scale)
    const letters = 'nbsi'
    const rows = drawing.map((row) =>
      row.replace(/[nbsi]/g, (letter) => letters[(letters.indexOf(letter) + index + 1) % 4] ?? letter),
    )
    await insertDrawnSlide(store.database, {
      path,
      sha256: `e${index}`.repeat(32),
      caseName,
      rows,
      widthPx: size.widthPx / scale,
      heightPx: size.heightPx / scale,
      pixelSizeUm: pixelSizeUm * scale,
    })
  }
  store.close()
}

/** Adds slides of ten cases with carcinoma and ten without, labelled by Ada and analysed by the model; only their thumbnails are tissue. */
export async function addLabelledSlides(home: string, workspace: string): Promise<void> {
  const store = openWorkspace(workspace, 'test')
  const { database } = store
  const positive: number[] = []
  const negative: number[] = []
  for (let n = 0; n < 2 * minThresholdCases; n++) {
    const isPositive = n % 2 === 1
    await copyFile(join(home, 'field.png'), join(home, `S${n}.png`))
    const imageId = await insertDrawnSlide(database, {
      path: join(home, `S${n}.png`),
      sha256: n.toString(16).padStart(2, '0').repeat(32),
      caseName: `S${n}`,
      // One slide of each kind is on the wrong side.
      rows: ['nnnnn', n % 9 === 8 ? 'niiin' : isPositive ? 'iiiin' : 'nnnbn'],
      widthPx: 64,
      heightPx: 48,
    })
    if (isPositive) positive.push(imageId)
    else negative.push(imageId)
  }
  store.close()
  const { application, call } = startApplication(home)
  await call('workspace.open', { path: workspace })
  await call('image.label', { imageIds: positive, className: 'Invasive', reader: 'Ada' })
  await call('image.label', { imageIds: negative, className: 'Normal', reader: 'Ada' })
  await application.close()
}

interface DrawnSlide {
  path: string
  sha256: string
  caseName: string | null
  /** A letter for each place. */
  rows: readonly string[]
  widthPx: number
  heightPx: number
  /** Default: that of the slide. */
  pixelSizeUm?: number
}

/** A slide with the model's analysis of it; gives its id. */
async function insertDrawnSlide(
  database: Writable,
  { path, sha256, caseName: own, rows, widthPx, heightPx, pixelSizeUm: edgeUm = pixelSizeUm }: DrawnSlide,
): Promise<number> {
  const facts = {
    caseName: own,
    pixelSizeUm: edgeUm,
    pixelSizeSource: 'stated',
    synthetic: true,
    format: 'tiff',
  }
  const imageId = insertImage(database, newImage(sha256, { path, widthPx, heightPx, ...facts }))
  const letters = Array.from(rows.join('')).filter((letter) => letter !== '.')
  const map = drawnMap(rows, {
    widthPx,
    heightPx,
    imageSha256: sha256,
    pixelSizeUm: edgeUm,
    grid: { rows: rows.length, columns: rows[0]?.length ?? 0, strideUm: 168, placeUm: 336 },
    classes: classes.map(({ name }) => name),
    isPositive: classes.map(({ isPositive }) => isPositive),
    probabilities: Float32Array.from(
      // Less and less sure from place to place, so that no two have the same score.
      letters.flatMap((letter, place) => {
        const best = 0.9 - place / 400
        return classes.map((_class, c) => (c === likely[letter] ? best : (1 - best) / 3))
      }),
    ),
    likeness: Float32Array.from(letters, (letter) => (letter === 'i' ? 0.04 : 0.5)),
  })
  insertSlideAnalysis(database, {
    algorithm: slideAlgorithm,
    imageId,
    modelId: findModel(database, modelName).id,
    pixelSizeUm: edgeUm,
    grid: map.grid,
    region: null,
    effort: null,
    tissueSource: 'found',
    maskSha256: 'a'.repeat(64),
    outOfFold: false,
    places: map.cells.length,
    summary: summarise(map, { tissueMm2: 3.5, threshold: 0.33 }),
    mapSha256: await writeSlideMap(workspaceFolders(database.folder).slideMaps, map),
    durationMs: 1000,
  })
  return imageId
}

/** Islands of synthetic tissue on a bright ground. */
async function drawSlide(path: string, classNames: readonly SyntheticClass[], scale = 1): Promise<void> {
  const islands = classNames.map((className, index) => {
    const { data, widthPx, heightPx } = makeSyntheticField({
      className,
      seed: 1,
      index,
      widthPx: 1000,
      heightPx: 700,
      pixelSizeUm,
    })
    return {
      input: Buffer.from(data),
      raw: { width: widthPx, height: heightPx, channels: 3 as const },
      left: 250 + 1350 * (index % 2),
      top: 250 + 950 * Math.floor(index / 2),
    }
  })
  const drawn = await sharp({
    create: { width: size.widthPx, height: size.heightPx, channels: 3, background: '#f4f2f5' },
  })
    .composite(islands)
    .png()
    .toBuffer()
  await sharp(drawn)
    .resize(size.widthPx / scale)
    .tiff({ tile: true, pyramid: true, compression: 'jpeg' })
    .toFile(path)
}
