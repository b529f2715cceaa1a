import { z } from 'zod'
import { isSkippedImage, type SkippedFiles } from './import-sentences.ts'

/** What became of a file that was offered; a file with several images has the worst of their outcomes. */
export const fileOutcomeSchema = z.enum(['imported', 'present', 'removed', 'contradicting', 'failed'])
export type FileOutcome = z.infer<typeof fileOutcomeSchema>

/** A label or case that an import did not store, because the image has another one. */
export const contradictionSchema = z.object({
  /** Of the file that gives it. */
  path: z.string(),
  /** The row of the table, from 1 below its first line; null: the file's folder or name gives it. */
  row: z.int().nullable(),
  what: z.enum(['label', 'case']),
  /** Whose label; null: no reader's, or a case. */
  reader: z.string().nullable(),
  /** A class, `unsure`, or a case. */
  offered: z.string(),
  /** What the image has: a class, `unsure`, `withdrawn`, or a case. */
  present: z.string(),
  /** The file of that image; the same content as `path`. */
  image: z.string(),
})
export type Contradiction = z.infer<typeof contradictionSchema>

/** A reader's label that a table replaces: the earlier one came from a table too. */
export const labelChangeSchema = z.object({
  path: z.string(),
  row: z.int().nullable(),
  reader: z.string().nullable(),
  before: z.string(),
  after: z.string(),
})
export type LabelChange = z.infer<typeof labelChangeSchema>

/** What a person should know of a picture that was imported as it is. */
export const imageNoteSchema = z.object({
  /**
   * `dim`: `value` is its brightest one, of 65535. `colour-profile`: `value` is the name of a profile that new trainings convert
   * from. `unused-profile`: of one that is not used. `later-page`: `value` is the page of the file that is read, because the first
   * is marked as a smaller copy. `camera-bits`: `value` is the number of bits that were given for a picture of 16.
   */
  kind: z.enum(['dim', 'colour-profile', 'unused-profile', 'later-page', 'camera-bits']),
  value: z.string(),
})
export type ImageNote = z.infer<typeof imageNoteSchema>

/** All that was offered to an import, and what became of it: the numbers add up to `offered`. */
export const importAccountSchema = z.object({
  files: z.object({
    offered: z.int(),
    imported: z.int(),
    /** The same content is in the workspace, or came earlier in this import. */
    present: z.int(),
    /** The image was removed from the workspace earlier, and left out; absent: none, or a report of an older version. */
    removed: z.int().optional(),
    contradicting: z.int(),
    failed: z.int(),
  }),
  /** null: no table. */
  rows: z
    .object({
      offered: z.int(),
      added: z.int(),
      changed: z.int(),
      present: z.int(),
      /** Rows without a label and a case. */
      empty: z.int(),
      /** Rows of files whose images were removed earlier; absent: none. */
      removed: z.int().optional(),
      contradicting: z.int(),
      /** Rows with a problem, and rows of files that failed. */
      failed: z.int(),
    })
    .nullable(),
  /** Files of a DICOM series that are read with another one. */
  parts: z.int(),
  /** Hidden files and folders, and thumbnails of network storage. */
  hidden: z.int(),
  contradictions: z.array(contradictionSchema),
  changes: z.array(labelChangeSchema),
  notes: z.array(imageNoteSchema.extend({ path: z.string() })),
})
export type ImportAccount = z.infer<typeof importAccountSchema>

export const contradictionSentence = ({
  path,
  row,
  what,
  offered,
  present,
  image,
  reader,
}: Contradiction): string => {
  const place = row === null ? path : `row ${row} (${path})`
  const whose = reader === null ? '' : ` of ${reader}`
  const where = image === path ? 'the image has' : `the same picture as ${image}, which has`
  return what === 'case'
    ? `${place}: case ${offered}, but ${where} the case ${present}.`
    : `${place}: label ${offered}${whose}, but ${where} ${present === 'withdrawn' ? 'a label that was withdrawn' : `the label ${present}`}.`
}

/** Whether an import stored or knew all that was offered: its command ends with 0. */
export const isComplete = ({ files, rows }: ImportAccount, skipped: readonly SkippedFiles[] = []): boolean =>
  files.failed + files.contradicting + (rows?.failed ?? 0) + (rows?.contradicting ?? 0) === 0 &&
  !skipped.some(isSkippedImage)

/** The sentence about files whose images were removed from the workspace earlier; null: there are none. */
export function removedSentence(files: number): string | null {
  if (files === 0) return null
  const said =
    files === 1
      ? '1 file was left out: its image was removed from this workspace earlier.'
      : `${files} files were left out: their images were removed from this workspace earlier.`
  return `${said} Import again with the choice to restore removed images (on the command line: --restore-removed) to bring back those of no locked test set.`
}

/** "3 of 5 rows of the table used: 2 added, 1 there already; 2 not." */
export function rowsSentence(rows: NonNullable<ImportAccount['rows']>): string {
  const { offered, added, changed, present, empty, removed = 0, contradicting, failed } = rows
  const parts = [
    [added, 'added'],
    [changed, 'changed'],
    [present, 'there already'],
    [empty, 'empty'],
    [removed, 'of removed images, left out'],
    [contradicting, 'with a contradiction'],
    [failed, 'not used'],
  ] as const
  const counted = parts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]))
  return `${offered} ${offered === 1 ? 'row' : 'rows'} of the table: ${counted.join(', ')}.`
}

export const changeSentence = ({ path, row, reader, before, after }: LabelChange): string =>
  `${row === null ? path : `row ${row} (${path})`}: the label${reader === null ? '' : ` of ${reader}`} changes from ${before} to ${after}.`

export function noteSentence({ path, kind, value }: ImportAccount['notes'][number]): string {
  const named = value === '' ? '' : ` (${value})`
  switch (kind) {
    case 'dim':
      return `${path}: its brightest value is ${value} of 65535, as from a camera of 12 or 14 bits, so it looks black. Import it again with the number of bits of the camera, or scale it to 16 bits.`
    case 'camera-bits':
      return `${path}: its values are read as those of a camera of ${value} bits, the largest of them as white.`
    case 'colour-profile':
      return `${path}: by its colour profile${named} it is converted to sRGB when it is shown and by models that are trained from now on; earlier models read it without.`
    case 'unused-profile':
      return `${path}: its colour profile${named} is damaged or not for RGB, so it is not used: the colours are read as they are.`
    case 'later-page':
      return `${path}: page ${value} is read, because the file begins with a smaller copy of it.`
  }
}
