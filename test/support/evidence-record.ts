import { atOnce } from '../../electron/base/slices.ts'
import {
  changeRecipe,
  intendedUseSentence,
  parseClassScheme,
  recipes,
  researchUseSentence,
  type AgreementReport,
  type ModelReport,
  type Recipe,
  type TestSetOpening,
} from '../../electron/contract/index.ts'
import { accuracyInUse } from '../../electron/engine/evaluation/accuracy-in-use.ts'
import { derivedFigures } from '../../electron/engine/evaluation/derived-figures.ts'
import { studyFigures } from '../../electron/engine/evaluation/reader-study.ts'
import { reportTraining } from '../../electron/engine/evaluation/training-report.ts'
import type { EvidenceRecord } from '../../electron/report/checklist/record.ts'

const classes = parseClassScheme('Benign,Malignant*')
const recipe = changeRecipe(recipes['quick'] as Recipe, { folds: 2 })
const images = Array.from({ length: 12 }, (_, i) => ({
  name: `${i}.png`,
  sha256: i.toString(16).repeat(64),
  caseName: `case ${i >> 1}`,
  fold: (i >> 1) % 2,
  truth: i % 4 < 2 ? 0 : 1,
}))
/** The first image is wrong. */
const probabilities = images.map(({ truth }, i) =>
  (i === 0 ? 1 - truth : truth) === 0 ? [0.7 + i / 100, 0.3 - i / 100] : [0.2 + i / 100, 0.8 - i / 100],
)
const training = reportTraining(images, probabilities, [probabilities], { recipe, classes, warnings: [] })

const report: ModelReport = {
  ...training,
  derived: derivedFigures(training.evaluation, training.predictions),
  leaks: { compared: null, siblings: [], encoders: [], copies: 0, similarCases: [], earlierModels: 3 },
  model: 'first | *one*',
  headline: 'Accuracy.',
  intendedUse: intendedUseSentence,
  researchUse: researchUseSentence,
  trainedAt: '2026-01-02T03:04:05.000Z',
  durationMs: 1000,
  recipe,
  recipeFingerprint: 'f'.repeat(64),
  weights: 'official',
  encoderFingerprints: { resnet50: 'e'.repeat(64) },
  testSets: [],
  learningCurve: null,
  software: { Lobule: '0.1.0', LightGBM: '4' },
  boosters: 2,
  images: 12,
  cases: 6,
  imagesWithoutCase: 0,
  groupedBy: 'case',
  synthetic: false,
  operatingPoint: 0.4,
}

const agreement: AgreementReport = {
  basis: 'independent',
  classes: ['Benign', 'Malignant'],
  readers: [
    { name: 'ada', read: 9, unsure: 0, blind: 4 },
    { name: 'ben', read: 8, unsure: 1, blind: 8 },
  ],
  pairs: [
    {
      first: 'ada',
      second: 'ben',
      images: 7,
      kappa: 0.7,
      standardError: 0.1,
      interval: { low: 0.5, high: 0.9 },
      agreed: 6,
      observed: { share: 6 / 7, low: 0.5, high: 0.97 },
      unsure: 1,
      cells: [],
    },
  ],
  overall: { images: 7, kappa: 0.7, standardError: 0.1, interval: { low: 0.5, high: 0.9 }, readers: 2 },
  disputed: [],
  unsure: [],
  adjudicated: [],
  removed: 0,
}
const figures = atOnce(
  studyFigures(
    [{ caseName: 'a', seconds: 'first', condition: 'aided' }],
    [
      { caseName: 'a', isOverride: true },
      { caseName: 'b', isOverride: false },
    ],
    [],
    0,
  ),
)

/** A record of a small study, worked by hand. */
export const record: EvidenceRecord = {
  report,
  inUse: {
    model: report.model,
    ...atOnce(accuracyInUse([], null, null)),
    leftOut: { imported: 0, disputed: 0, removed: 0, removedWrong: 0 },
  },
  subgroups: [],
  study: { all: figures, readers: [{ name: 'ada', ...figures }] },
  agreement,
  publicSets: [],
  testSets: [],
  promotions: [
    { model: report.model, at: '2026-01-03T00:00:00.000Z', reader: 'ada', reason: 'pilot', withdrawn: null },
  ],
  pointChosen: { at: '2026-01-04T00:00:00.000Z', reader: 'ada', reason: 'no carcinoma may be missed' },
  imports: {
    count: 2,
    imported: 15,
    duplicates: 1,
    refused: 2,

    first: '2026-01-01T00:00:00.000Z',
    last: '2026-01-02T00:00:00.000Z',
  },
  images: {
    all: 15,
    labelled: 12,
    disputed: 1,
    unlabelled: 2,
    adjudicated: 1,
    locked: 0,
    synthetic: 0,
    ofTraining: 12,
    withoutCase: 1,
    withoutPixelSize: 3,
    bySource: { reader: 10, folder: 2, table: 0, synthetic: 0 },
    checked: 15,
    flags: [{ code: 'out-of-focus', images: 2 }],
    formats: ['png'],
    pixelSizes: { low: 0.42, high: 0.5 },
    sizes: ['2048 x 1536'],
  },
}

const opening: TestSetOpening = {
  id: 1,
  testSet: 'site B',
  model: report.model,
  at: '2026-02-01T00:00:00.000Z',
  reader: 'eva',
  reason: 'final test',
  number: 1,
  numberForModel: 1,
  images: 20,
  cases: 8,
  leftOut: { unlabelled: 0, trained: 0, sameCase: 0, failed: 0 },
  accuracy: 0.7,
  interval: { low: 0.5, high: 0.85 },
  over: 'case',
  auc: 0.8,
  promised: { accuracy: 0.75, interval: { low: 0.6, high: 0.9 } },
}

/** The same after a test set was opened for the model. */
export const testedRecord: EvidenceRecord = {
  ...record,
  report: {
    ...report,
    testSets: [
      {
        name: 'site B',
        isReleased: false,
        trainedImages: 0,
        openedTimes: 1,
        openedForModels: 1,
        openings: [opening],
      },
    ],
  },
  testSets: [
    {
      id: 1,
      name: 'site B',
      rule: { kind: 'later' },
      lockedAt: '2026-01-01T00:00:00.000Z',
      lockedBy: 'eva',
      reason: 'other site',
      isCollecting: false,
      images: 20,
      labelled: 20,
      cases: 8,
      removed: 0,
      suggestedBefore: 0,
      trainedModels: [],
      released: null,
      openings: [opening],
    },
  ],
}
