import { csvFile } from '../../base/csv.ts'
import { exportContent, type ExportKind } from '../../base/export-file.ts'
import {
  weightsMark,
  knownLikeness,
  researchUseSentence,
  shownProbabilities,
  type ImageView,
  type VerdictView,
} from '../../contract/index.ts'
import { findModelInUse, getImage, listVerdicts, type Readable } from '../../store/index.ts'

export const predictionTable: ExportKind = { what: 'a table of predictions', endings: ['.csv'] }

interface Row {
  file: string
  image: ImageView
  prediction: VerdictView
}

/**
 * Writes a model's newest prediction of each of these images as CSV, one row for each image, in the order given. Images without a prediction are left out. Returns the number of rows.
 * @param images `file`: the text of the first column, such as the path that the user gave
 * @throws AppError `image.not-found`, `model.*`, `path.exists` unless `replace` is set, `path.not-writable`
 */
export async function writePredictions(
  database: Readable,
  {
    images,
    model: modelName,
    path,
    replace,
  }: {
    images: readonly { imageId: number; file: string }[]
    model: string | null
    path: string
    replace: boolean
  },
): Promise<number> {
  const model = findModelInUse(database, modelName)
  const rows = images.flatMap(({ imageId, file }): Row[] => {
    const prediction = listVerdicts(database, imageId).find(({ modelId }) => modelId === model.id)
    return prediction === undefined ? [] : [{ file, image: getImage(database, imageId), prediction }]
  })
  const columns = [
    'file',
    'case',
    'suggested class',
    ...model.classes.map((name) => `p ${name}`),
    ...model.classes.map((name) => `raw p ${name}`),
    'two-class score',
    'operating point',
    'side',
    'prediction set',
    'spread boosters',
    'spread augmentations',
    'likeness p',
    'likeness distance',
    'augmentations',
    'flags',
    'model',
    'weights',
    'out of fold',
    'synthetic',
    'sha256',
    'use',
  ]
  const text = csvFile([columns, ...rows.map((row) => cellsOf(row, model.classes))])
  await exportContent(path, text, { replace })
  return rows.length
}

function cellsOf({ file, image, prediction }: Row, classes: readonly string[]): (string | number)[] {
  const { details } = prediction
  const point = details?.operatingPoint ?? null
  const likeness = knownLikeness(details?.likeness)
  return [
    file,
    image.caseName ?? '',
    prediction.suggested,
    ...classes.map((name) => shownProbabilities(prediction)[name] ?? ''),
    ...classes.map((name) => prediction.probabilities[name] ?? ''),
    prediction.carcinomaScore ?? '',
    point?.threshold ?? '',
    point === null ? '' : point.isPositive ? 'at or above' : 'below',
    details?.predictionSet.classes.join('; ') ?? '',
    details?.spread.boosters ?? '',
    details?.spread.augmentations ?? '',
    likeness?.pValue ?? '',
    likeness?.distance ?? '',
    details?.augmentations ?? '',
    prediction.flags.map(({ code }) => code).join('; '),
    prediction.modelName,
    weightsMark(prediction.weights),
    prediction.outOfFold ? 'yes' : 'no',
    image.synthetic ? 'yes' : 'no',
    image.sha256,
    researchUseSentence,
  ]
}
