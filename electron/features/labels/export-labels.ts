import { writeThroughDraft } from '../../base/atomic-file.ts'
import { csvText } from '../../base/csv.ts'
import { listImages, listLabels, type Readable } from '../../store/index.ts'

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
  'source',
  'table',
  'imported by',
]

/**
 * Writes the current labels and adjudications, or with `history` every entry, as CSV: RFC 4180, UTF-8, one line for
 * each entry. An import reads the file (`file`, `label`, `case`, `reader`, `kind`, `unsure`, `source`), so comments and names are
 * written unchanged. In the other tables, text that a spreadsheet would run as a formula is neutralised. Returns the
 * number of entries.
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
      entry.reader ?? '',
      entry.at,
      entry.comment ?? '',
      String(image?.page ?? ''),
      image?.sha256 ?? '',
      String(entry.id),
      entry.undoes === null ? '' : String(entry.undoes),
      entry.kind,
      entry.isUnsure ? 'yes' : '',
      entry.isBlind ? 'yes' : '',
      entry.source,
      entry.table ?? '',
      entry.importedBy ?? '',
    ]
  })
  const text = csvText([columns, ...rows], { formulas: 'keep' })
  await writeThroughDraft(path, (file) => file.writeFile(text))
  return entries.length
}
