import { writeAtomically } from '../../base/atomic-file.ts'
import { csvText } from '../../base/csv.ts'
import {
  AppError,
  knownLikeness,
  researchUseSentence,
  type ImageView,
  type VerdictView,
  type WorklistCsvField,
} from '../../contract/index.ts'
import { listClasses, listImages, type Readable } from '../../store/index.ts'

/**
 * Writes these images in this order (null: all, in the order of import) as a table: RFC 4180, UTF-8 with a byte
 * order mark, which spreadsheets need. Answers how many there are.
 * @throws AppError `image.not-found`, `path.not-writable`
 */
export async function writeWorklist(
  database: Readable,
  { imageIds, path }: { imageIds: readonly number[] | null; path: string },
): Promise<number> {
  const all = listImages(database)
  const byId = new Map(all.map((image) => [image.id, image]))
  const images = imageIds === null ? all : imageIds.map((id) => byId.get(id) ?? missing(id))
  const fields = fieldsFor(listClasses(database).map(({ name }) => name))
  const values = Object.values(fields)
  const text = csvText([Object.keys(fields), ...images.map((image) => values.map((value) => value(image)))], {
    formulas: 'neutralise',
  })
  await writeAtomically(path, `\uFEFF${text}`)
  return images.length
}

function missing(id: number): never {
  throw new AppError('image.not-found', { image: String(id) })
}

type Value = (image: ImageView) => string | number

/** The fields of a row, in the order of the file: those of the worklist's columns, and what identifies an image. */
function fieldsFor(classes: readonly string[]): Record<string, Value> {
  const ofLabel =
    (value: (label: NonNullable<ImageView['label']>) => string | null | undefined): Value =>
    ({ label }) =>
      label === null ? '' : (value(label) ?? '')
  const ofVerdict =
    (value: (verdict: VerdictView) => string | number | null | undefined): Value =>
    ({ verdict }) =>
      verdict === null ? '' : (value(verdict) ?? '')
  return {
    image: ({ id }) => id,
    file: ({ fileName }) => fileName,
    page: ({ page }) => page,
    case: ({ caseName }) => caseName ?? '',
    label: ofLabel(({ className }) => className),
    'label by': ofLabel(({ reader }) => reader),
    'label at': ofLabel(({ at }) => at),
    comment: ofLabel(({ comment }) => comment),
    readings: ({ readings }) =>
      readings.all.map(({ reader, className }) => `${reader}: ${className ?? 'unsure'}`).join('; '),
    state: stateOf,
    'suggested class': ofVerdict(({ suggested }) => suggested),
    probability: ofVerdict(({ probabilities, suggested }) => probabilities[suggested]),
    ...Object.fromEntries(
      classes.map((name) => [`p ${name}`, ofVerdict(({ probabilities }) => probabilities[name])]),
    ),
    'two-class score': ofVerdict(({ carcinomaScore }) => carcinomaScore),
    'spread boosters': ofVerdict(({ details }) => details?.spread.boosters),
    'spread augmentations': ofVerdict(({ details }) => details?.spread.augmentations),
    'likeness p': ofVerdict(({ details }) => knownLikeness(details?.likeness)?.pValue),
    'likeness distance': ofVerdict(({ details }) => knownLikeness(details?.likeness)?.distance),
    'prediction set': ofVerdict(({ details }) => details?.predictionSet.classes.join('; ')),
    flags: ofVerdict(({ flags }) => flags.map(({ code }) => code).join('; ')),
    model: ofVerdict(({ modelName }) => modelName),
    encoders: ofVerdict(({ encoders }) => (encoders === 'demo' ? 'UNTRAINED' : encoders)),
    'out of fold': ofVerdict(({ outOfFold }) => (outOfFold ? 'yes' : 'no')),
    'suggested at': ofVerdict(({ at }) => at),
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
