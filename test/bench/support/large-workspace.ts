import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { parseClassScheme } from '../../../electron/contract/index.ts'
import { makeSyntheticField, syntheticClasses } from '../../../electron/engine/synthetic/index.ts'
import { recordLabel } from '../../../electron/features/labels/record-label.ts'
import {
  createWorkspace,
  insertImage,
  insertModel,
  insertVerdict,
  type Writable,
} from '../../../electron/store/index.ts'
import { newImage, newModel } from '../../support/rows.ts'

const widthPx = 2048
const heightPx = 1536
const classes = parseClassScheme('Normal,Benign,InSitu*,Invasive*')
const fieldsACase = 4

/** Synthetic fields of the size of the reference data, this many of each class. */
async function drawFields(directory: string, perClass: number): Promise<string[]> {
  mkdirSync(directory, { recursive: true })
  const files: string[] = []
  for (let index = 0; index < perClass; index++) {
    for (const className of syntheticClasses) {
      const { data } = makeSyntheticField({ className, seed: 1, index, widthPx, heightPx })
      const path = join(directory, `${className}-${index}.png`)
      await sharp(data, { raw: { width: widthPx, height: heightPx, channels: 3 } }).toFile(path)
      files.push(path)
    }
  }
  return files
}

/**
 * A workspace of so many images, written through the store: every other one labelled, nine of ten with a verdict
 * of a model. Their pictures are a few real files, in turn; the first of each is what it says and can be trained
 * on, the others bear made-up hashes.
 */
export async function makeLargeWorkspace(path: string, images: number, perClass: number): Promise<void> {
  const files = await drawFields(`${path}-fields`, perClass)
  const hashes = files.map((file) => createHash('sha256').update(readFileSync(file)).digest('hex'))
  const store = createWorkspace(path, classes, 'benchmark')
  const { database } = store
  database.transaction(() => {
    const modelId = insertModel(database, newModel(classes, { name: 'benchmark' }))
    for (let index = 0; index < images; index++) {
      const imageId = insertImage(
        database,
        newImage(hashes[index] ?? createHash('sha256').update(String(index)).digest('hex'), {
          path: files[index % files.length] ?? '',
          widthPx,
          heightPx,
          pixelSizeUm: 0.42,
          pixelSizeSource: 'stated',
          synthetic: true,
          caseName: `case${String(Math.floor(index / fieldsACase) + 1).padStart(5, '0')}`,
        }),
      )
      const className = classes[index % classes.length]?.name ?? ''
      if (index % 2 === 0 || index < files.length)
        recordLabel(database, { imageId, className, reader: 'ada' })
      if (index % 10 !== 9) insertDemoVerdict(database, imageId, modelId, index)
    }
  })()
  store.close()
}

/** Numbers that differ from image to image, as in a real worklist; they have no meaning. */
function insertDemoVerdict(database: Writable, imageId: number, modelId: number, index: number): void {
  const weights = classes.map((_, place) => 1 + ((index * 7919 + place * 104_729) % 97))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const shares = weights.map((weight) => weight / total)
  const probabilities = Object.fromEntries(classes.map(({ name }, place) => [name, shares[place] ?? 0]))
  const largest = (isPositive: boolean): number =>
    Math.max(...shares.filter((_, place) => classes[place]?.isPositive === isPositive))
  const score = largest(true) / (largest(true) + largest(false))
  insertVerdict(database, {
    imageId,
    modelId,
    suggested: classes[shares.indexOf(Math.max(...shares))]?.name ?? '',
    probabilities,
    carcinomaScore: score,
    outOfFold: index % 2 === 0,
    boosters: 5,
    flags: index % 9 === 0 ? [{ code: 'out-of-focus', measured: 1, threshold: 2 }] : [],
    details: {
      calibrated: probabilities,
      predictionSet: { level: 0.9, classes: classes.slice(0, 2).map(({ name }) => name) },
      spread: { boosters: 0.04, augmentations: 0.03 },
      byEncoder: { resnet50: probabilities },
      augmentations: 4,
      operatingPoint: { threshold: 0.33, isPositive: score >= 0.33 },
    },
  })
}
