import { AppError, knownLikeness, researchUseSentence, type ImageView } from '../../contract/index.ts'
import { writeAtomically } from '../../engine/encoders/write-atomically.ts'
import { listClasses, listImages, type Readable } from '../../store/index.ts'
import { csvText } from './csv.ts'

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
  const classes = listClasses(database).map(({ name }) => name)
  const columns = [
    'image',
    'file',
    'page',
    'case',
    'label',
    'label by',
    'label at',
    'comment',
    'readings',
    'state',
    'suggested class',
    'probability',
    ...classes.map((name) => `p ${name}`),
    'two-class score',
    'spread boosters',
    'spread augmentations',
    'likeness p',
    'likeness distance',
    'prediction set',
    'flags',
    'model',
    'encoders',
    'out of fold',
    'suggested at',
    'synthetic',
    'width px',
    'height px',
    'pixel size um',
    'sha256',
    'path',
    'use',
  ]
  const text = csvText([columns, ...images.map((image) => rowOf(image, classes))])
  await writeAtomically(path, `\uFEFF${text}`)
  return images.length
}

function missing(id: number): never {
  throw new AppError('image.not-found', { image: String(id) })
}

function rowOf(image: ImageView, classes: readonly string[]): (string | number)[] {
  const { label, readings, verdict } = image
  const details = verdict?.details ?? null
  const likeness = knownLikeness(details?.likeness)
  const probability = verdict === null ? '' : (verdict.probabilities[verdict.suggested] ?? '')
  return [
    image.id,
    image.fileName,
    image.page,
    image.caseName ?? '',
    label?.className ?? '',
    label?.reader ?? '',
    label?.at ?? '',
    label?.comment ?? '',
    readings.all.map(({ reader, className }) => `${reader}: ${className ?? 'unsure'}`).join('; '),
    stateOf(image),
    verdict?.suggested ?? '',
    probability,
    ...classes.map((name) => verdict?.probabilities[name] ?? ''),
    verdict?.carcinomaScore ?? '',
    details?.spread.boosters ?? '',
    details?.spread.augmentations ?? '',
    likeness?.pValue ?? '',
    likeness?.distance ?? '',
    details?.predictionSet.classes.join('; ') ?? '',
    verdict?.flags.map(({ code }) => code).join('; ') ?? '',
    verdict?.modelName ?? '',
    verdict === null ? '' : verdict.encoders === 'demo' ? 'UNTRAINED' : verdict.encoders,
    verdict === null ? '' : verdict.outOfFold ? 'yes' : 'no',
    verdict?.at ?? '',
    image.synthetic ? 'yes' : 'no',
    image.widthPx,
    image.heightPx,
    image.pixelSizeUm ?? '',
    image.sha256,
    image.path,
    researchUseSentence,
  ]
}

function stateOf({ label, readings, verdict }: ImageView): string {
  if (readings.isDisputed) return 'readers disagree'
  if (label !== null) return label.isAdjudicated === true ? 'adjudicated' : 'labelled'
  if (readings.all.length > 0) return 'unsure'
  return verdict === null ? 'new' : 'classified'
}
