import { z } from 'zod'
import { at, zip } from '../../base/arrays.ts'
import {
  AppError,
  type ImageView,
  type OpeningContent,
  type TestPrediction,
  type TestSetOpening,
  carcinomaScore,
} from '../../contract/index.ts'
import { argmax } from '../../engine/evaluation/accuracy.ts'
import { evaluateTestSet } from '../../engine/evaluation/test-set.ts'
import { predictionDetails } from '../../engine/prediction/prediction-details.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { defineJob, modelsChanged, type JobServices } from '../../session/job-services.ts'
import {
  findModelKey,
  findTestSet,
  insertOpening,
  listImages,
  listOpenings,
  listTestSetImages,
  readOperatingPoint,
  readTrainingData,
  readTrainingReport,
  type Readable,
  type TestSetRecord,
} from '../../store/index.ts'
import { describeTask, forEachImage, updateFlags } from '../encoders/describe-images.ts'
import { loadModelForPrediction } from '../predictions/load-model-for-prediction.ts'
import { uniqueNames } from '../images/unique-names.ts'
import { hasTrained } from './test-set-views.ts'

const stage = 'Testing on the locked images'

const openInputSchema = z.object({
  testSet: z.string(),
  model: z.string(),
  reader: z.string().nullable(),
  reason: z.string(),
  /** Whether it may have been opened for this model before. */
  again: z.boolean(),
})
type OpenInput = z.infer<typeof openInputSchema>

export const openTestSetJob = defineJob({
  kind: 'open-test-set',
  input: openInputSchema,
  stages: [{ name: stage, unit: 'images', weight: 1 }],
  // A test that is broken off showed no figure: it starts again from the beginning.
  resumable: false,
  runsBeside: false,
  announces: modelsChanged,
  title: ({ testSet, model }) => `Open ${testSet} for ${model}`,
  check: (input, { workspace: { database } }) => void requireOpenable(database, input),
  run: openTestSet,
})

/**
 * What a model can be tested on, and what not.
 * @throws AppError `test-set.not-found`, `test-set.released`, `test-set.opened-before`, `test-set.nothing-to-open`,
 *   `model.not-found`, `model.no-report`
 */
function requireOpenable(
  database: Readable,
  { testSet, model: modelName, again }: OpenInput,
): { set: TestSetRecord; images: ImageView[]; leftOut: OpeningContent['leftOut'] } {
  const set = findTestSet(database, testSet)
  if (set.released !== null) throw new AppError('test-set.released', { testSet: set.name })
  const model = findModelKey(database, modelName)
  if (readTrainingReport(database, model.id) === null) {
    throw new AppError('model.no-report', { model: model.name })
  }
  const before = listOpenings(database).findLast(
    (opening) => opening.testSet === set.name && opening.model === model.name,
  )
  if (before !== undefined && !again) {
    throw new AppError('test-set.opened-before', { testSet: set.name, model: model.name, at: before.at })
  }
  const own = listImages(database, listTestSetImages(database, set.id))
  const training = readTrainingData(database, model.id)
  const labelled = own.filter(({ label }) => label !== null)
  const byTraining = Map.groupBy(labelled, (image) => hasTrained(image, training) ?? 'neither')
  const images = byTraining.get('neither') ?? []
  const leftOut = {
    unlabelled: own.length - labelled.length,
    trained: byTraining.get('image')?.length ?? 0,
    sameCase: byTraining.get('case')?.length ?? 0,
    failed: 0,
  }
  if (images.length === 0) throw nothingToOpen(set.name, model.name, leftOut)
  return { set, images, leftOut }
}

const nothingToOpen = (
  testSet: string,
  model: string,
  { unlabelled, trained, sameCase, failed }: OpeningContent['leftOut'],
): AppError =>
  new AppError('test-set.nothing-to-open', {
    testSet,
    model,
    unlabelled,
    trained: trained + sameCase,
    failed,
  })

/**
 * Tests a model on a locked test set: every image by all boosters and all augmentations, as a new image is classified.
 * Nothing of it is stored or shown before all images are done, so that what was seen is always an opening in the trail.
 * @throws AppError as `requireOpenable`; `encoder.missing`, `encoder.changed`, `model.corrupt`, `job.cancelled`
 */
async function openTestSet(input: OpenInput, job: JobRun, services: JobServices): Promise<TestSetOpening> {
  const { workspace, compute } = services
  const { database } = workspace
  const { signal, progress } = job
  const { set, images, leftOut } = requireOpenable(database, input)
  const { model, constituents, boosters } = await loadModelForPrediction(input.model, services)
  const training = readTrainingReport(database, model.id)
  if (training === null) throw new AppError('model.no-report', { model: model.name })
  const operatingPoint = readOperatingPoint(database, model.id)
  const isPositive = model.scheme.map((c) => c.isPositive)
  const nameOf = new Map(zip(images, uniqueNames(images)).map(([{ id }, name]) => [id, name]))
  const predictions = new Map<number, TestPrediction>()

  const test = async (image: ImageView, onProgress: (done: number, total: number) => void): Promise<void> => {
    const { prediction, flags, effort, likeness } = await compute.run(
      'predict',
      {
        description: describeTask(image, { recipe: model.recipe }, services),
        heldOutFold: null,
        boosters,
        isPositive,
        threshold: operatingPoint,
        effort: 'full',
        reference: null,
      },
      { signal, onProgress },
    )
    updateFlags(database, image, flags)
    const { probabilities } = prediction
    const { calibrated, predictionSet } = predictionDetails(prediction, {
      classes: model.scheme,
      encoders: constituents.map(({ encoder }) => encoder),
      training,
      heldOutFold: null,
      threshold: operatingPoint,
      effort,
      likeness,
    })
    predictions.set(image.id, {
      image: nameOf.get(image.id) ?? image.fileName,
      sha256: image.sha256,
      caseName: image.caseName,
      truth: image.label?.className ?? '',
      predicted: at(model.classes, argmax(probabilities)),
      carcinomaScore: carcinomaScore(probabilities, isPositive),
      probabilities: calibrated,
      predictionSet: predictionSet.classes,
    })
  }
  const { failed } = await forEachImage(images, test, signal, (reached) =>
    progress.report(stage, reached, images.length),
  )
  const rows = images.flatMap(({ id }) => predictions.get(id) ?? [])
  const counted = { ...leftOut, failed: failed.length }
  if (rows.length === 0) throw nothingToOpen(set.name, model.name, counted)
  const { accuracy, bootstrap } = training.evaluation
  const content: OpeningContent = {
    leftOut: counted,
    failures: failed,
    ...evaluateTestSet(rows, { classes: model.scheme, operatingPoint }),
    operatingPoint,
    promised: { accuracy, interval: bootstrap.accuracy },
    predictions: rows,
  }
  const { reader, reason } = input
  const openingId = database.transaction(() => {
    // In the meantime it may have been released, or opened for this model by someone else.
    requireOpenable(database, input)
    return insertOpening(database, { testSet: set, model, reader, reason, content })
  })()
  const opening = listOpenings(database).find(({ id }) => id === openingId)
  if (opening === undefined) throw new AppError('test-set.no-opening', { opening: String(openingId) })
  return opening
}
