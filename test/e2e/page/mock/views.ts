import {
  isUnlike,
  knownLikeness,
  labelOf,
  parseClassScheme,
  recipes,
  researchUseSentence,
  unlikeLevel,
  type ImageView,
  type ModelView,
  type QualityFlag,
  type VerdictLikeness,
  type VerdictView,
  type WeightsSource,
} from '../../../../electron/contract/index.ts'
import { generator } from './tissue.ts'

export const scheme = parseClassScheme('Normal,Benign,InSitu*,Invasive*')
const at = (minutesAgo: number): string => new Date(Date.now() - minutesAgo * 60_000).toISOString()
const hash = (seed: number): string => seed.toString(16).padStart(8, '0').repeat(8)

export function imageOf(id: number, isLabelled: boolean): ImageView {
  const random = generator(id)
  const tissueClass = scheme[(id - 1) % scheme.length]?.name ?? 'Normal'
  const caseName = `case${String(Math.ceil(id / 3)).padStart(2, '0')}`
  const fileName = `${caseName}-field${((id - 1) % 3) + 1}.png`
  return {
    id,
    sha256: hash(id * 7919),
    path: `/home/anna/studies/first/synthetic/${tissueClass}/${fileName}`,
    originalPath: `/home/anna/studies/first/synthetic/${tissueClass}/${fileName}`,
    copied: false,
    page: 1,
    fileName,
    format: 'png',
    widthPx: 2048,
    heightPx: 1536,
    pixelSizeUm: random() < 0.85 ? 0.42 : null,
    pixelSizeSource: 'resolution-tag',
    synthetic: true,
    caseName: random() < 0.95 ? caseName : null,
    ...saidOf(isLabelled ? tissueClass : null, 'Anna', at(60)),
    verdict: null,
    importedAt: at(90),
  }
}

/** The label and the readings of an image with one reader's label; null: no label. */
export function saidOf(
  className: string | null,
  reader: string,
  when: string,
): Pick<ImageView, 'label' | 'readings'> {
  const reading = {
    id: 1,
    reader,
    source: 'reader' as const,
    table: null,
    importedBy: null,
    className,
    isUnsure: false,
    isBlind: false,
    at: when,
    comment: null,
  }
  const readings = {
    all: className === null ? [] : [reading],
    adjudication: null,
    isDisputed: false,
    isWithheld: false,
  }
  return { label: labelOf(readings), readings }
}

/** One in eleven is unlike the training images, for one in eleven it is unknown. */
function likenessOf(id: number): VerdictLikeness {
  if (id % 11 === 7) return { unknown: 'too-few-augmentations' }
  const rank = id % 11 === 3 ? 3 : 6 + ((id * 37) % 95)
  return { pValue: rank / 101, distance: 0.1 + 1 / rank, images: 100 }
}

export function verdictOf(image: ImageView, model: ModelView, id: number): VerdictView {
  const random = generator(id + 77)
  const truth = image.path.split('/').at(-2)
  const raw = scheme.map((entry) => random() + (entry.name === truth ? 0.5 : 0))
  const weights = raw.map((value) => value ** 3)
  const total = weights.reduce((sum, value) => sum + value, 0)
  const probabilities = Object.fromEntries(
    scheme.map((entry, index) => [entry.name, (weights[index] ?? 0) / total]),
  )
  const largest = (isPositive: boolean): number =>
    Math.max(
      ...scheme
        .filter((entry) => entry.isPositive === isPositive)
        .map((entry) => probabilities[entry.name] ?? 0),
    )
  const suggested = Object.entries(probabilities).sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'Normal'
  const flags: QualityFlag[] = []
  if (image.pixelSizeUm === null) flags.push({ code: 'pixel-size-unknown', measured: 0, threshold: 0 })
  if (id % 9 === 0) flags.push({ code: 'out-of-focus', measured: 12.4, threshold: 20 })
  const likeness = likenessOf(id)
  const known = knownLikeness(likeness)
  if (known !== null && isUnlike(known)) {
    flags.push({ code: 'unlike-training', measured: known.pValue, threshold: unlikeLevel })
  }
  return {
    id,
    imageId: image.id,
    modelId: model.id,
    modelName: model.name,
    suggested,
    probabilities,
    carcinomaScore: largest(true) / (largest(true) + largest(false)),
    weights: model.weights,
    outOfFold: image.label !== null,
    boosters: image.label === null ? 5 : 1,
    flags,
    details: {
      calibrated: probabilities,
      predictionSet: {
        level: 0.9,
        // Every third suggestion is decided, so that it can be accepted.
        classes:
          image.id % 3 === 1
            ? [suggested]
            : Object.keys(probabilities).filter((name) => (probabilities[name] ?? 0) > 0.08),
      },
      spread: { boosters: random() * 0.1, augmentations: random() * 0.06 },
      byEncoder: { resnet50: probabilities },
      augmentations: 3,
      effort: { asked: 'adaptive', possible: 4, settledAt: 0.95 },
      operatingPoint: { threshold: 0.33, isPositive: largest(true) > 0.5 * largest(false) },
      likeness,
    },
    at: at(1),
  }
}

export function modelOf(
  id: number,
  name: string,
  weights: WeightsSource,
  images: readonly ImageView[],
): ModelView {
  const recipe = recipes['quick']
  if (recipe === undefined) throw new Error('no quick recipe')
  const folds = [0.9, 0.8, 1, 0.889, 0.9]
  return {
    id,
    name,
    recipe,
    recipeFingerprint: hash(id),
    weights,
    classes: scheme.map((entry) => entry.name),
    boosters: 5,
    images: images.filter((image) => image.label !== null).length,
    cases: new Set(images.map((image) => image.caseName)).size,
    groupedBy: 'case',
    imagesWithoutCase: images.filter((image) => image.caseName === null).length,
    accuracy: 0.896,
    folds,
    synthetic: true,
    needsPromotion: false,
    durationMs: 214_000,
    createdAt: at(3 - id),
  }
}

export const doctor = {
  version: '0.1.0',
  researchUse: researchUseSentence,
  checks: [
    { name: 'Node', status: 'ok', detail: '22.23.2' },
    { name: 'LightGBM addon', status: 'ok', detail: 'native/build/lobule.node' },
    { name: 'onnxruntime', status: 'warning', detail: 'CPU only: no GPU provider was found.' },
    {
      name: 'Electron',
      status: 'missing',
      detail: 'The binary is not installed; the browser is used instead.',
    },
  ],
  backends: [],
  use: [{ encoder: 'resnet50', backend: 'cpu', isTested: true }],
  isReady: true,
  place: {
    platform: 'linux',
    architecture: 'x64',
    node: '22.23.2',
    electron: null,
    isPortable: false,
    dataFolder: '/home/anna/.local/share/Lobule',
    logFolder: '/home/anna/.local/share/Lobule/logs',
    policy: null,
    variables: [],
  },
} as const
