import { atOnce } from '../../../../electron/base/slices.ts'
import {
  AppError,
  intendedUseSentence,
  researchUseSentence,
  untrainedWarning,
  type AccuracyInUse,
  type AnyEvent,
  type DoctorReport,
  type Handlers,
  type ImageView,
  type LearningCurve,
  type ModelReport,
  type ModelView,
  type Promotion,
} from '../../../../electron/contract/index.ts'
import { accuracyInUse } from '../../../../electron/engine/evaluation/accuracy-in-use.ts'
import { derivedFigures } from '../../../../electron/engine/evaluation/derived-figures.ts'
import { comparePredictions } from '../../../../electron/engine/evaluation/compare-predictions.ts'
import { subgroupsOf } from '../../../../electron/engine/evaluation/subgroups.ts'
import { reportTraining } from '../../../../electron/engine/evaluation/training-report.ts'
import { headlineOf } from '../../../../electron/features/models/model-report.ts'
import { checklistHandlers, type ChecklistCall } from './checklists.ts'
import { scheme, verdictOf } from './views.ts'

interface Known {
  images: () => readonly ImageView[]
  models: () => readonly ModelView[]
  reader: () => string
  /** Labels that were given after a suggestion; one in ten agrees. */
  labelsInUse: () => number
  tell: (event: AnyEvent) => void
  run: (
    kind: 'export-model' | 'import-model' | 'learning-curve',
    title: string,
    finish: () => unknown,
  ) => { jobId: number }
}

type ReviewCall =
  | 'model.list'
  | 'model.report'
  | 'model.verdicts'
  | 'model.promotions'
  | 'model.compare'
  | 'model.accuracyInUse'
  | 'model.rename'
  | 'model.setRemoved'
  | 'model.listRemoved'
  | 'model.promote'
  | 'model.rollback'
  | 'model.setOperatingPoint'
  | 'model.estimate'
  | 'model.trainingFields'
  | 'model.writeReport'
  | 'model.export'
  | 'model.import'
  | 'model.preview'
  | 'testSet.list'
  | 'model.subgroups'
  | 'model.learningCurve'
  | ChecklistCall

const foldCount = 5

const selfTest = { encoder: 'resnet50', reason: null, at: '2026-11-20T09:30:00.000Z' } as const

/** A made-up curve that follows an inverse power law. */
const curveOf = (model: string): LearningCurve => ({
  model,
  images: 43,
  cases: 16,
  groupedBy: 'case',
  folds: foldCount,
  repeats: 3,
  points: [5, 8, 12, 16, 24].map((cases) => {
    const accuracy = 0.9 - 0.6 * cases ** -0.5
    return { cases, accuracy, low: accuracy - 0.12, high: Math.min(1, accuracy + 0.1) }
  }),
  gain: { value: 0.027, low: -0.01, high: 0.06, fromCases: 16, toCases: 24 },
  outlook: { kind: 'law', cases: 48, accuracy: 0.81, low: 0.72, high: 0.89 },
})

/** The back-ends that a made-up machine was measured with. */
export const measuredBackends: DoctorReport['backends'] = [
  {
    name: 'webgpu-half',
    title: 'ONNX Runtime, WebGPU, half precision',
    status: 'refused',
    reason:
      'it encodes 1.05 times as many crops a second as webgpu; under 1.2 half precision is not worth its error',
    selfTests: [{ ...selfTest, status: 'refused', cosine: 0.99963, gain: 1.05 }],
    cropsPerSecond: [{ encoder: 'resnet50', value: 21 }],
  },
  {
    name: 'webgpu',
    title: 'ONNX Runtime, WebGPU',
    status: 'ready',
    reason: null,
    selfTests: [{ ...selfTest, status: 'passed', cosine: 0.99999998, gain: null }],
    cropsPerSecond: [{ encoder: 'resnet50', value: 20 }],
  },
  {
    name: 'cpu',
    title: 'Processor',
    status: 'ready',
    reason: null,
    selfTests: [],
    cropsPerSecond: [{ encoder: 'resnet50', value: 10 }],
  },
]

/** The calls of the models screen; figures are computed from made-up predictions. */
export function modelReviewHandlers(known: Known): Pick<Handlers, ReviewCall> {
  const reports = new Map<number, ModelReport>()
  const points = new Map<string, number>()
  const curves = new Map<string, LearningCurve>()
  let promotions: Promotion[] = []
  const removed = new Set<string>()

  const find = (name: string | null): ModelView => {
    const model =
      name === null
        ? inUse()
        : known.models().find((other) => other.name.toLowerCase() === name.toLowerCase())
    if (model === undefined) throw new AppError('model.not-found', { model: name ?? '' })
    return model
  }
  const inUse = (): ModelView | undefined => {
    const promoted = promotions.find((promotion) => promotion.withdrawn === null)
    const models = known.models()
    return models.find((model) => model.name === promoted?.model) ?? models.at(-1)
  }
  const reportOf = (model: ModelView): ModelReport => {
    const report = reports.get(model.id) ?? makeReport(model, known.images())
    reports.set(model.id, report)
    const learningCurve = curves.get(model.name) ?? null
    return { ...report, learningCurve, operatingPoint: points.get(model.name) ?? report.operatingPoint }
  }
  const changed = (): void => known.tell({ name: 'models.changed', payload: {} })

  return {
    'model.list': () =>
      known.models().flatMap((model) => {
        if (removed.has(model.name)) return []
        const { evaluation, table } = reportOf(model)
        const { over, accuracy } = evaluation.bootstrap
        return {
          ...model,
          accuracy: evaluation.accuracy,
          folds: table.fusion.perFold.map((percent) => percent / 100),
          inUse: model.id === inUse()?.id,
          accuracyInterval: { ...accuracy, over },
        }
      }),
    'model.report': ({ model }) => reportOf(find(model)),
    'model.verdicts': ({ model: name }) => {
      const model = find(name)
      return known.images().map((image) => {
        const { suggested, carcinomaScore, outOfFold, at } = verdictOf(
          image,
          model,
          image.id + model.id * 1000,
        )
        return { imageId: image.id, suggested, carcinomaScore, outOfFold, at }
      })
    },
    'testSet.list': () => [],
    'model.subgroups': ({ model, column }) => {
      const report = reportOf(find(model))
      const rows = report.predictions.map(({ caseName, truth, predicted }, index) => ({
        caseName,
        value: column === 'folder' ? (['north', 'south', 'east'][index % 3] ?? null) : null,
        isRight: truth === predicted,
      }))
      return { model: report.model, column, ...subgroupsOf(rows) }
    },
    ...checklistHandlers({ ...known, reportOf: (name) => reportOf(find(name)) }),
    'model.learningCurve': ({ model }) => {
      const { name } = find(model)
      return known.run('learning-curve', `Learning curve of ${name}`, () => {
        const curve = curveOf(name)
        curves.set(name, curve)
        changed()
        return curve
      })
    },
    'model.promotions': () => promotions,
    'model.accuracyInUse': ({ model }) =>
      (model === null ? known.models() : [find(model)]).map((one) =>
        inUseOf(reportOf(one), known.labelsInUse()),
      ),
    'model.compare': ({ first, second }) => {
      const [a, b] = [reportOf(find(first)), reportOf(find(second))]
      return { first: a.model, second: b.model, ...comparePredictions(a.predictions, b.predictions) }
    },
    'model.promote': ({ model, reason }) => {
      const { name } = find(model)
      const at = new Date().toISOString()
      promotions = [{ model: name, at, reader: known.reader(), reason, withdrawn: null }, ...promotions]
      changed()
      return { inUse: name }
    },
    'model.rollback': ({ reason }) => {
      const last = promotions.findIndex((promotion) => promotion.withdrawn === null)
      const promotion = promotions[last]
      if (promotion === undefined) throw new AppError('model.nothing-promoted', {})
      const withdrawn = { at: new Date().toISOString(), reader: known.reader(), reason }
      promotions = promotions.with(last, { ...promotion, withdrawn })
      changed()
      return { inUse: inUse()?.name ?? '' }
    },
    'model.rename': ({ model, name }) => {
      find(model).name = name
      changed()
      return { name }
    },
    'model.setRemoved': ({ model, isRemoved }) => {
      if (isRemoved) removed.add(model)
      else removed.delete(model)
      changed()
      return { name: model, images: known.images().length }
    },
    'model.listRemoved': () => [...removed].map((name) => ({ name, at: new Date().toISOString() })),
    'model.setOperatingPoint': ({ model, threshold }) => {
      points.set(find(model).name, threshold)
      changed()
      return {}
    },
    'model.estimate': ({ changes }) => {
      const images = known.images().filter((image) => image.label !== null).length
      const augmentations = changes?.augmentations ?? 4
      return {
        images,
        fields: 0,
        boosters: (changes?.folds ?? 5) * (changes?.seeds ?? 1),
        encoders: [{ encoder: 'resnet50', images, crops400: images * augmentations * 5 }],
        bytes: 34_000_000,
        freeBytes: 12_000_000_000,
      }
    },
    'model.trainingFields': () => ({
      counts: [],
      imageIds: [],
      leftOut: { regions: 1, withoutPixelSize: 0 },
    }),
    'model.writeReport': ({ path }) => ({ path }),
    'model.export': ({ model, path }) =>
      known.run('export-model', `Export ${model}`, () => ({
        model,
        path,
        bytes: 1_200_000,
        sha256: 'a'.repeat(64),
        boosters: 5,
        weights: 'untrained',
        researchUse: researchUseSentence,
      })),
    'model.preview': ({ path }) => {
      if (path.includes('gone')) throw new AppError('path.not-found', { path })
      return {
        name: 'first look',
        trainedAt: '2026-11-20T09:30:00.000Z',
        recipe: 'quick',
        classes: scheme.map(({ name }) => name),
        weights: 'untrained',
        boosters: 5,
        version: 6,
        card: '# Model card: first look\n\n<img src=x onerror=alert(1)>\n',
      }
    },
    'model.import': ({ path }) => {
      throw new AppError('package.invalid', { path, entry: null, reason: 'it is cut off' })
    },
  }
}

function inUseOf({ model, evaluation }: ModelReport, labels: number): AccuracyInUse {
  const judged = Array.from({ length: labels }, (_, i) => ({
    caseName: `case ${i % 7}`,
    labelledAt: `2026-10-${12 + (i % 14)}T08:00:00.000Z`,
    isRight: i % 10 === 0,
    isInSet: i % 4 !== 1,
    isBlind: i % 3 === 0,
  }))
  const promised = { accuracy: evaluation.accuracy, ...evaluation.bootstrap.accuracy }
  const leftOut = { imported: 2, disputed: 1, removed: 0, removedWrong: 0 }
  return { model, ...atOnce(accuracyInUse(judged, promised, 0.9)), leftOut }
}

/** Three labels in four are suggested correctly, so that there are both kinds. */
function makeReport(model: ModelView, images: readonly ImageView[]): ModelReport {
  const trained = images.filter((image) => image.label !== null)
  const cases = [...new Set(trained.map((image) => image.caseName))]
  const isDemo = model.weights === 'untrained'
  const probabilities = trained.map((image) =>
    Object.values(verdictOf(image, model, image.id + model.id * 1000).probabilities),
  )
  const warnings = isDemo ? [untrainedWarning] : []
  const training = reportTraining(
    trained.map((image) => ({
      name: image.fileName,
      sha256: image.sha256,
      caseName: image.caseName,
      fold: cases.indexOf(image.caseName) % foldCount,
      truth: scheme.findIndex(({ name }) => name === image.label?.className),
    })),
    probabilities,
    [probabilities],
    { recipe: model.recipe, classes: scheme, warnings },
  )
  const counts = { images: trained.length, cases: cases.length, groupedBy: model.groupedBy }
  return {
    ...training,
    ...counts,
    derived: derivedFigures(training.evaluation, training.predictions),
    model: model.name,
    headline: headlineOf(training, { ...counts, folds: foldCount }),
    intendedUse: intendedUseSentence,
    researchUse: researchUseSentence,
    trainedAt: model.createdAt,
    durationMs: model.durationMs,
    recipe: model.recipe,
    recipeFingerprint: model.recipeFingerprint,
    weights: model.weights,
    encoderFingerprints: { resnet50: 'e'.repeat(64) },
    software: { Lobule: '0.1.0', LightGBM: '4.6.0' },
    boosters: model.boosters,
    imagesWithoutCase: model.imagesWithoutCase,
    synthetic: model.synthetic,
    testSets: [],
    learningCurve: null,
    operatingPoint: 0.5,
  }
}
