import { csvFile } from '../../base/csv.ts'
import { inSlices, type Sliced } from '../../base/slices.ts'
import { exportContent, type ExportKind } from '../../base/export-file.ts'
import {
  attentionOf,
  weightsMark,
  headlineOf,
  knownLikeness,
  originOf,
  researchUseSentence,
  shownProbabilities,
  slideClassName,
  type ImageView,
  type VerdictView,
  type WorklistCsvField,
} from '../../contract/index.ts'
import { currentImages, listClasses, type Readable, type Workspace } from '../../store/index.ts'

export const worklistTable: ExportKind = { what: 'a worklist', endings: ['.csv'] }

/**
 * Writes these images in this order (null: all, in the order of import) as CSV. Returns the number of
 * rows.
 * @throws AppError `image.not-found`, `path.exists` unless `replace` is set, `path.not-writable`
 */
export async function writeWorklist(
  read: Workspace['read'],
  { imageIds, path, replace }: { imageIds: readonly number[] | null; path: string; replace: boolean },
): Promise<number> {
  const { images, text } = await read((database) => worklistCsv(database, imageIds))
  await exportContent(path, text, { replace })
  return images
}

function* worklistCsv(
  database: Readable,
  imageIds: readonly number[] | null,
): Sliced<{ images: number; text: string }> {
  const images = yield* currentImages(database, imageIds)
  const fields = fieldsFor(listClasses(database).map(({ name }) => name))
  const values = Object.values(fields)
  const rows: (string | number)[][] = []
  yield
  yield* inSlices(images, (slice) => {
    for (const image of slice) rows.push(values.map((value) => value(image)))
  })
  yield
  return { images: images.length, text: csvFile([Object.keys(fields), ...rows]) }
}

type Value = (image: ImageView) => string | number

/** The fields of a row, in the order of the file: those of the worklist's columns, and those that identify an image. */
function fieldsFor(classes: readonly string[]): Record<string, Value> {
  const ofLabel =
    (value: (label: NonNullable<ImageView['label']>) => string | null | undefined): Value =>
    ({ label }) =>
      label === null ? '' : (value(label) ?? '')
  const ofPrediction =
    (value: (prediction: VerdictView) => string | number | null | undefined): Value =>
    ({ verdict: prediction }) =>
      prediction === null ? '' : (value(prediction) ?? '')
  return {
    image: ({ id }) => id,
    file: ({ fileName }) => fileName,
    page: ({ page }) => page,
    case: ({ caseName }) => caseName ?? '',
    label: ofLabel(({ className }) => className),
    'label by': ofLabel(originOf),
    'label at': ofLabel(({ at }) => at),
    comment: ofLabel(({ comment }) => comment),
    readings: ({ readings }) =>
      readings.all.map((reading) => `${originOf(reading)}: ${reading.className ?? 'unsure'}`).join('; '),
    state: stateOf,
    'suggested class': ofPrediction(({ suggested }) => suggested),
    probability: ofPrediction((prediction) => headlineOf(prediction).probability),
    'raw probability': ofPrediction(({ probabilities, suggested }) => probabilities[suggested]),
    ...Object.fromEntries(
      classes.flatMap((name) => [
        [`p ${name}`, ofPrediction((prediction) => shownProbabilities(prediction)[name])],
        [`raw p ${name}`, ofPrediction(({ probabilities }) => probabilities[name])],
      ]),
    ),
    'two-class score': ofPrediction(({ carcinomaScore }) => carcinomaScore),
    'spread boosters': ofPrediction(({ details }) => details?.spread.boosters),
    'spread augmentations': ofPrediction(({ details }) => details?.spread.augmentations),
    'likeness p': ofPrediction(({ details }) => knownLikeness(details?.likeness)?.pValue),
    'likeness distance': ofPrediction(({ details }) => knownLikeness(details?.likeness)?.distance),
    'positive tissue': ({ slide }) => slide?.positiveShare ?? '',
    'analysed mm2': ({ slide }) => slide?.analysedMm2 ?? '',
    'slide model': ({ slide }) => slide?.modelName ?? '',
    'suggested for slide': ({ slide }) => (slide?.isPositive == null ? '' : slideClassName(slide.isPositive)),
    'prediction set': ofPrediction(({ details }) => details?.predictionSet.classes.join('; ')),
    flags: ofPrediction(({ flags }) => flags.map(({ code }) => code).join('; ')),
    priority: (image) => attentionOf(image)?.total ?? '',
    model: ofPrediction(({ modelName }) => modelName),
    weights: ofPrediction(({ weights }) => weightsMark(weights)),
    'out of fold': ofPrediction(({ outOfFold }) => (outOfFold ? 'yes' : 'no')),
    'suggested at': ofPrediction(({ at }) => at),
    synthetic: ({ synthetic }) => (synthetic ? 'yes' : 'no'),
    'width px': ({ widthPx }) => widthPx,
    'height px': ({ heightPx }) => heightPx,
    'pixel size um': ({ pixelSizeUm }) => pixelSizeUm ?? '',
    sha256: ({ sha256 }) => sha256,
    path: ({ path }) => path,
    use: () => researchUseSentence,
  } satisfies Record<WorklistCsvField, Value> & Record<string, Value>
}

function stateOf({ label, readings, verdict }: ImageView): string {
  if (readings.isDisputed) return 'readers disagree'
  if (label !== null) return label.isAdjudicated === true ? 'adjudicated' : 'labelled'
  if (readings.all.length > 0) return 'unsure'
  return verdict === null ? 'new' : 'classified'
}
