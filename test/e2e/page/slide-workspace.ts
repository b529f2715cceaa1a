import { join } from 'node:path'
import sharp from 'sharp'
import { parseClassScheme } from '../../../electron/contract/index.ts'
import { writeSlideMap } from '../../../electron/engine/slides/map-file.ts'
import { summarise } from '../../../electron/engine/slides/summarise.ts'
import { makeSyntheticField, syntheticClasses } from '../../../electron/engine/synthetic/index.ts'
import {
  createWorkspace,
  insertImage,
  insertModel,
  insertSlideAnalysis,
  workspaceFolders,
} from '../../../electron/store/index.ts'
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

/** A workspace with a synthetic slide of 3 x 2.25 mm, a field, a model, and the model's analysis of the slide, without a training. */
export async function makeSlideWorkspace(home: string, workspace: string): Promise<void> {
  const store = createWorkspace(workspace, classes, 'test')
  const { database } = store
  const modelId = insertModel(
    database,
    newModel(classes, {
      name: 'first look',
      weights: 'official',
      cases: 6,
      accuracy: 0.8,
      foldAccuracies: [0.8],
    }),
  )
  const sha256 = 'ab'.repeat(32)
  const imageId = insertImage(
    database,
    newImage(sha256, {
      path: await drawSlide(home),
      ...size,
      pixelSizeUm,
      pixelSizeSource: 'stated',
      synthetic: true,
      format: 'tiff',
    }),
  )
  const field = join(home, 'field.png')
  await sharp({ create: { width: 64, height: 48, channels: 3, background: '#d8a0c0' } }).toFile(field)
  insertImage(database, newImage('cd'.repeat(32), { path: field, widthPx: 64, heightPx: 48, pixelSizeUm }))
  const letters = Array.from(drawing.join('')).filter((letter) => letter !== '.')
  const map = drawnMap(drawing, {
    ...size,
    imageSha256: sha256,
    pixelSizeUm,
    grid: { rows: drawing.length, columns: 16, strideUm: 168, placeUm: 336 },
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
    imageId,
    modelId,
    pixelSizeUm,
    grid: map.grid,
    region: null,
    tissueSource: 'found',
    maskSha256: 'a'.repeat(64),
    outOfFold: false,
    places: map.cells.length,
    summary: summarise(map, { tissueMm2: 3.5, threshold: 0.33 }),
    mapSha256: await writeSlideMap(workspaceFolders(workspace).slideMaps, map),
    durationMs: 1000,
  })
  store.close()
}

/** Islands of synthetic tissue on a bright ground. */
async function drawSlide(home: string): Promise<string> {
  const islands = syntheticClasses.map((className, index) => {
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
  const path = join(home, 'slide.tif')
  await sharp({ create: { width: size.widthPx, height: size.heightPx, channels: 3, background: '#f4f2f5' } })
    .composite(islands)
    .tiff({ tile: true, pyramid: true, compression: 'jpeg' })
    .toFile(path)
  return path
}
