import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, slideAlgorithm } from '../../../../electron/contract/index.ts'
import { writeNpy } from '../../../../electron/engine/descriptors/npy.ts'
import type { PackRequest } from '../../../../electron/engine/model-package/index.ts'
import { carcinomaSlide } from '../../../support/labelled-slides.ts'
import { writeSlideMap } from '../../../../electron/engine/slides/map-file.ts'
import { summarise } from '../../../../electron/engine/slides/summarise.ts'
import { answeringJson } from '../../../../electron/compute/json-answer.ts'
import { tasks, type Tasks } from '../../../../electron/compute/tasks.ts'
import { inProcessCompute, type InProcessCompute } from '../../../support/in-process-compute.ts'

/** Of the recipe `quick`. */
export const folds = 5

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const packedAt = (path: string): PackRequest => JSON.parse(readFileSync(path, 'utf8')) as PackRequest
/** What a prediction gives, whatever the image. */
export const quickPrediction = {
  prediction: {
    probabilities: [0.25, 0.75],
    boosters: 1,
    augmentations: 1,
    byConstituent: [[0.25, 0.75]],
    spread: { boosters: null, augmentations: null },
  },
  effort: { asked: 'full', augmentations: 1, of: 1 },
  flags: [{ code: 'out-of-focus', measured: 1, threshold: 2 }],
  backends: [],
  likeness: { unknown: 'no-reference' },
} as never

/** A map of one place: all classes alike, or the last one for slides that are named as carcinoma. */
export const quickSlide: Tasks['analyseSlide'] = async ({
  image,
  classes,
  isPositive,
  threshold,
  strideUm,
  directory,
}) => {
  const grid = { rows: 1, columns: 1, strideUm, placeUm: 336 }
  const map = {
    imageSha256: image.sha256,
    widthPx: 16,
    heightPx: 12,
    pixelSizeUm: image.pixelSizeUm,
    grid,
    classes,
    isPositive,
    cells: Int32Array.of(0),
    probabilities: Float32Array.from(classes, (_, c) =>
      image.path.includes(carcinomaSlide) ? Number(c === classes.length - 1) : 1 / classes.length,
    ),
    likeness: null,
    tissueShare: Float32Array.of(1),
    augmentations: null,
  }
  return {
    algorithm: slideAlgorithm,
    grid,
    maskSha256: 'a'.repeat(64),
    places: 1,
    summary: summarise(map, { tissueMm2: 1, threshold }),
    effort: null,
    mapSha256: await writeSlideMap(directory, map),
    drafts: join(directory, 'drafts', 'a'),
  }
}

/** Slow tasks and those that need a network are stubs; everything else is the real compute process. */
export const quickCompute = (
  others: Partial<Tasks> = {},
  onTrain: (request: Parameters<Tasks['train']>[0]) => void = () => undefined,
): InProcessCompute =>
  inProcessCompute({
    ...tasks,
    encoderRequire: () =>
      Promise.resolve({ source: 'untrained', fingerprints: { resnet50: 'f'.repeat(64) } }),
    encoderCopy: () => Promise.resolve({}),
    encoderDemo: () => Promise.resolve({ installed: ['resnet50'] }),
    encoderFetch: () => Promise.resolve({ installed: ['resnet50'] }),
    importWeightFile: answeringJson(() => 'resnet50' as const),
    describe: async ({ image, directory }) => {
      const file = join(directory, `${image.sha256}.npy`)
      await writeNpy(file, { rows: 1, columns: 1, data: Float32Array.of(1) })
      return { files: [file], flags: [], backends: [] }
    },
    describeFields: ({ fields }) => Promise.resolve(fields.map(() => ['a.npy'])),
    importPublished: ({ name }) =>
      Promise.resolve({
        name,
        fingerprint: sha256(name),
        importedAt: '2026-01-01T00:00:00.000Z',
        encoders: ['resnet50'],
        crops: [{ sizePx: 400, scale: 0.5 }],
        augmentations: 50,
        images: 10,
        unchanged: 0,
        withoutDescriptors: 0,
        passedOver: [],
        failed: [],
      }),
    train: (request) => {
      onTrain(request)
      const {
        images,
        options: { directory },
      } = request
      mkdirSync(directory, { recursive: true })
      const text = 'a booster'
      writeFileSync(join(directory, `${sha256(text)}.txt`), text)
      const outOfFold = images.map(({ classIndex }) => (classIndex === 0 ? [0.8, 0.2] : [0.4, 0.6]))
      const boosters = Array.from({ length: folds }, (_, fold) => ({
        kind: 'lightgbm' as const,
        constituent: 0,
        fold,
        seed: 0,
        textSha256: sha256(text),
      }))
      return Promise.resolve({ boosters, outOfFold, outOfFoldByConstituent: [outOfFold] })
    },
    makeReference: () => Promise.resolve(null),
    predict: () => Promise.reject(new AppError('image.truncated', { path: 'a.png', reason: 'cut' })),
    analyseSlide: quickSlide,
    packModel: (request) => {
      writeFileSync(request.path, JSON.stringify(request))
      return Promise.resolve({ bytes: 1, sha256: sha256('package') })
    },
    inspectPackage: answeringJson(({ path }) => ({ ...packedAt(path).manifest, entries: [] })),
    unpackModel: answeringJson(({ path, directory }) => {
      const { report, folds: table, card, texts } = packedAt(path)
      for (const text of texts) writeFileSync(join(directory, `${text.sha256}.txt`), 'a booster')
      const textSha256s = texts.map((text) => text.sha256)
      return { report, folds: table, card, textSha256s, sha256: sha256('package') }
    }),
    ...others,
  })
