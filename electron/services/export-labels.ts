import { randomUUID } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import { asNotWritable } from '../engine/image/index.ts'
import { csvField } from '../engine/table/index.ts'
import { listImages, listLabels, type Readable } from '../store/index.ts'

const columns = [
  'file',
  'label',
  'case',
  'reader',
  'at',
  'comment',
  'page',
  'sha256',
  'entry',
  'undoes',
  'kind',
  'unsure',
  'blind',
]

/**
 * Writes what each reader now says and the adjudications that stand, or with `history` every entry, as CSV:
 * RFC 4180, UTF-8, a line an entry. An import reads the file back (`file`, `label`, `case`, `reader`, `kind`,
 * `unsure`). Answers how many there are.
 * @throws AppError `path.not-writable`
 */
export async function exportLabels(
  database: Readable,
  { path, history }: { path: string; history: boolean },
): Promise<number> {
  const images = new Map(listImages(database).map((image) => [image.id, image]))
  const entries = listLabels(database, null).filter(({ current }) => history || current)
  const rows = entries.map((entry) => {
    const image = images.get(entry.imageId)
    return [
      image?.originalPath ?? '',
      entry.className ?? '',
      image?.caseName ?? '',
      entry.reader,
      entry.at,
      entry.comment ?? '',
      String(image?.page ?? ''),
      image?.sha256 ?? '',
      String(entry.id),
      entry.undoes === null ? '' : String(entry.undoes),
      entry.kind,
      entry.isUnsure ? 'yes' : '',
      entry.isBlind ? 'yes' : '',
    ]
  })
  const text = [columns, ...rows].map((row) => `${row.map(csvField).join(',')}\r\n`).join('')
  const draft = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(draft, text)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw asNotWritable(error, path)
  }
  return entries.length
}
