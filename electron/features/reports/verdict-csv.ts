import { writeAtomically } from '../../base/atomic-file.ts'
import { csvText } from '../../base/csv.ts'
import { knownLikeness, researchUseSentence, type ImageView, type VerdictView } from '../../contract/index.ts'
import { findModelInUse, getImage, listVerdicts, type Readable } from '../../store/index.ts'

interface Row {
  file: string
  image: ImageView
  verdict: VerdictView
}

/**
 * Writes the newest verdict of a model on each of these images as a table: RFC 4180, UTF-8 with a byte order
 * mark, a row an image in the order asked; images without one are left out. Answers how many there are.
 * @param images `file`: what the row calls it, such as the path that was given
 * @throws AppError `image.not-found`, `model.*`, `path.not-writable`
 */
export async function writeVerdicts(
  database: Readable,
  {
    images,
    model: modelName,
    path,
  }: { images: readonly { imageId: number; file: string }[]; model: string | null; path: string },
): Promise<number> {
  const model = findModelInUse(database, modelName)
  const rows = images.flatMap(({ imageId, file }): Row[] => {
    const verdict = listVerdicts(database, imageId).find(({ modelId }) => modelId === model.id)
    return verdict === undefined ? [] : [{ file, image: getImage(database, imageId), verdict }]
  })
  const columns = [
    'file',
    'case',
    'suggested class',
    ...model.classes.map((name) => `p ${name}`),
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
    'encoders',
    'out of fold',
    'synthetic',
    'sha256',
    'use',
  ]
  const text = csvText([columns, ...rows.map((row) => cellsOf(row, model.classes))], {
    formulas: 'neutralise',
  })
  await writeAtomically(path, `\uFEFF${text}`)
  return rows.length
}

function cellsOf({ file, image, verdict }: Row, classes: readonly string[]): (string | number)[] {
  const { details } = verdict
  const point = details?.operatingPoint ?? null
  const likeness = knownLikeness(details?.likeness)
  return [
    file,
    image.caseName ?? '',
    verdict.suggested,
    ...classes.map((name) => verdict.probabilities[name] ?? ''),
    verdict.carcinomaScore ?? '',
    point?.threshold ?? '',
    point === null ? '' : point.isPositive ? 'at or above' : 'below',
    details?.predictionSet.classes.join('; ') ?? '',
    details?.spread.boosters ?? '',
    details?.spread.augmentations ?? '',
    likeness?.pValue ?? '',
    likeness?.distance ?? '',
    details?.augmentations ?? '',
    verdict.flags.map(({ code }) => code).join('; '),
    verdict.modelName,
    verdict.encoders === 'demo' ? 'UNTRAINED' : verdict.encoders,
    verdict.outOfFold ? 'yes' : 'no',
    image.synthetic ? 'yes' : 'no',
    image.sha256,
    researchUseSentence,
  ]
}
