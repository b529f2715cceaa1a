import {
  labelOf,
  noReadings,
  type ImageView,
  type JobView,
  type ReadingView,
  type VerdictDetails,
  type VerdictView,
} from '../../../electron/contract/index.ts'

export const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`

export const reading = (change: Partial<ReadingView> = {}): ReadingView => ({
  id: 1,
  reader: 'Ada',
  source: 'reader',
  table: null,
  importedBy: null,
  className: 'Benign',
  isUnsure: false,
  isBlind: false,
  at: at(1),
  comment: null,
  ...change,
})

export const verdict = (change: Partial<VerdictView> = {}): VerdictView => ({
  id: 1,
  imageId: 1,
  modelId: 1,
  modelName: 'first',
  suggested: 'Benign',
  probabilities: { Benign: 0.7, Malignant: 0.3 },
  carcinomaScore: 0.3,
  weights: 'official',
  outOfFold: false,
  boosters: 1,
  flags: [],
  details: null,
  at: at(2),
  ...change,
})

/** Details of a prediction whose prediction set leaves these classes open. */
export const detailsWithSet = (classes: string[]): VerdictDetails => ({
  calibrated: { Benign: 0.6, Malignant: 0.4 },
  predictionSet: { level: 0.9, classes },
  spread: { boosters: null, augmentations: null },
  byEncoder: {},
  augmentations: 1,
  operatingPoint: null,
})

/** An image with these readings; its label follows from them. */
export function image(
  imageId: number,
  change: Partial<ImageView> = {},
  readings: readonly ReadingView[] = [],
): ImageView {
  const all = { ...noReadings, ...change.readings, all: [...readings] }
  return {
    id: imageId,
    sha256: String(imageId).padStart(64, '0'),
    path: `/images/${imageId}.png`,
    originalPath: `/images/${imageId}.png`,
    copied: false,
    page: 1,
    fileName: `${imageId}.png`,
    format: 'png',
    widthPx: 100,
    heightPx: 100,
    pixelSizeUm: 0.5,
    pixelSizeSource: 'stated',
    synthetic: true,
    caseName: null,
    verdict: null,
    importedAt: at(0),
    ...change,
    readings: all,
    label: labelOf(all),
  }
}

export const job = (jobId: number, change: Partial<JobView> = {}): JobView => ({
  id: jobId,
  kind: 'classify',
  title: 'Classify',
  state: 'running',
  resumable: true,
  retriable: false,
  progress: null,
  error: null,
  report: null,
  createdAt: at(10),
  endedAt: null,
  ...change,
})
