import { csvFile } from '../../base/csv.ts'
import { inSlices, type Sliced } from '../../base/slices.ts'
import { exportContent, type ExportKind } from '../../base/export-file.ts'
import type { ImageView, LabelEntryView } from '../../contract/index.ts'
import { currentImages, listLabels, type Readable, type Workspace } from '../../store/index.ts'

export const labelTable: ExportKind = { what: 'a table of labels', endings: ['.csv'] }

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
 * each entry. An import reads the file (`file`, `label`, `case`, `reader`, `kind`, `unsure`, `source`). Returns the
 * number of entries.
 * @throws AppError `path.exists` unless `replace` is set, `path.not-writable`
 */
export async function exportLabels(
  read: Workspace['read'],
  { path, history, replace }: { path: string; history: boolean; replace: boolean },
): Promise<number> {
  const { entries, text } = await read((database) => labelCsv(database, history))
  await exportContent(path, text, { replace })
  return entries
}

function* labelCsv(database: Readable, history: boolean): Sliced<{ entries: number; text: string }> {
  const images = new Map((yield* currentImages(database, null)).map((image) => [image.id, image]))
  yield
  const all = yield* listLabels(database, null)
  yield
  // An import reads the current labels, and a comment alone is none.
  const entries = all.filter(({ current, kind }) => history || (current && kind !== 'comment'))
  const lines: string[][] = [columns]
  yield* inSlices(entries, (slice) => {
    for (const entry of slice) lines.push(lineOf(entry, images.get(entry.imageId)))
  })
  yield
  return { entries: entries.length, text: csvFile(lines) }
}

const lineOf = (entry: LabelEntryView, image: ImageView | undefined): string[] => [
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
