import type { Readable, Writable } from '../database.ts'
import { joinAction, type ActionPart } from './actions.ts'
import { appendImageEvent, caseIdOf, isUsed } from './image-changes.ts'
import { prepared, preparedRaw } from './prepared.ts'
import { undoneEntries } from './undo-chains.ts'

/** The step that a setting is made in. */
export interface SettingStep {
  /** As the workspace spells the name (`knownReaderName`). */
  reader: string
  action: ActionPart
  /** The setting, or the undo or redo of it, that this one undoes. */
  undoes: number | null
}

/** Sets or removes the case of an image. Cases are names; null: none. */
export function setCase(
  database: Writable,
  imageId: number,
  caseName: string | null,
  step: SettingStep,
): void {
  database.transaction(() => {
    const before = prepared<[number], { id: number | null; name: string | null }>(
      database,
      'SELECT k.id, k.name FROM images i LEFT JOIN cases k ON k.id = i.case_id WHERE i.id = ?',
    ).get(imageId)
    const caseId = caseName === null ? null : caseIdOf(database, caseName)
    prepared(database, 'UPDATE images SET case_id = ? WHERE id = ?').run(caseId, imageId)
    const ids = { case_before: before?.id ?? null, case_after: caseId }
    const said = { before: { case: before?.name ?? null }, after: { case: caseName } }
    record(database, { imageId, what: 'case', ...none, ...ids }, step, said, caseId)
  })()
}

/**
 * What setting a pixel size would do to an image: `from-file` and `used` forbid it, because the file says the size or
 * something was computed with it.
 */
export function pixelSizeChange(
  database: Readable,
  imageId: number,
  pixelSizeUm: number | null,
): 'set' | 'same' | 'from-file' | 'used' {
  const row = readPixelSize(database, imageId)
  if (row.size !== null && row.source !== 'stated') return 'from-file'
  if (row.size === pixelSizeUm) return 'same'
  return row.used === 1 ? 'used' : 'set'
}

/** Sets the pixel size of an image as stated by a user, or removes it, where `pixelSizeChange` says `set`. */
export function setPixelSize(
  database: Writable,
  imageId: number,
  pixelSizeUm: number | null,
  step: SettingStep,
): void {
  database.transaction(() => {
    const row = readPixelSize(database, imageId)
    const source = pixelSizeUm === null ? 'none' : 'stated'
    prepared(database, 'UPDATE images SET pixel_size_um = ?, pixel_size_source = ? WHERE id = ?').run(
      pixelSizeUm,
      source,
      imageId,
    )
    const said = {
      before: { pixelSizeUm: row.size, pixelSizeSource: row.source },
      after: { pixelSizeUm, pixelSizeSource: source },
    }
    const sizes = { size_before: row.size, size_after: pixelSizeUm }
    record(database, { imageId, what: 'pixel-size', ...none, ...sizes }, step, said)
  })()
}

const readPixelSize = (
  database: Readable,
  imageId: number,
): { size: number | null; source: string; used: number } =>
  prepared<[number], { size: number | null; source: string; used: number }>(
    database,
    `SELECT pixel_size_um AS size, pixel_size_source AS source, ${isUsed} AS used FROM images WHERE id = ?`,
  ).get(imageId) ?? { size: null, source: 'none', used: 0 }

/** Removes an image or restores it; its labels, predictions and regions stay. */
export function setRemoved(database: Writable, imageId: number, isRemoved: boolean, step: SettingStep): void {
  database.transaction(() => {
    writeRemoval(database, imageId, isRemoved)
    const said = { before: { removed: !isRemoved }, after: { removed: isRemoved } }
    record(database, { imageId, what: 'removal', ...none, removed: isRemoved ? 1 : 0 }, step, said)
  })()
}

/** Restores a removed image that was imported again. */
export function restoreByImport(database: Writable, imageId: number): void {
  database.transaction(() => {
    writeRemoval(database, imageId, false)
    const said = { before: { removed: true }, after: { removed: false } }
    appendImageEvent(database, imageId, { kind: 'import', ...said })
  })()
}

const writeRemoval = (database: Writable, imageId: number, isRemoved: boolean): void => {
  const at = isRemoved ? new Date().toISOString() : null
  prepared(database, 'UPDATE images SET removed_at = ? WHERE id = ?').run(at, imageId)
}

const none = { case_before: null, case_after: null, size_before: null, size_after: null, removed: null }

function record(
  database: Writable,
  row: { imageId: number; what: ImageSetting['what'] } & Record<keyof typeof none, number | null>,
  { reader, action, undoes }: SettingStep,
  { before, after }: { before: object; after: object },
  caseId: number | null = null,
): void {
  const at = new Date().toISOString()
  const setting = Number(
    prepared(
      database,
      `INSERT INTO image_settings
         (image_id, reader_id, at, what, case_before, case_after, size_before, size_after, removed, undoes)
       SELECT :imageId, id, :at, :what, :case_before, :case_after, :size_before, :size_after, :removed, :undoes
       FROM readers WHERE name = :reader`,
    ).run({ ...row, at, reader, undoes }).lastInsertRowid,
  )
  const made = { setting, ...(undoes === null ? {} : { undoes }) }
  const event = { kind: 'image', at, reader, before, after: { ...after, ...made } } as const
  const rows = { image_settings: [setting], ...joinAction(database, action, { setting }) }
  appendImageEvent(database, row.imageId, event, caseId, rows)
}

interface SettingRow {
  id: number
  imageId: number
  what: ImageSetting['what']
  caseBefore: string | null
  caseAfter: string | null
  sizeBefore: number | null
  sizeAfter: number | null
  removed: number | null
}

/** A case or pixel size that was set, or a removal, with what was there before. */
export type ImageSetting = Pick<SettingRow, 'id' | 'imageId'> & SettingValues

/** null: no case, or no known size (in micrometres). */
type SettingValues =
  | { what: 'case'; before: string | null; after: string | null }
  | { what: 'pixel-size'; before: number | null; after: number | null }
  | { what: 'removal'; before: boolean; after: boolean }

const selectSetting = `
  SELECT s.id, s.image_id AS imageId, s.what, b.name AS caseBefore, a.name AS caseAfter,
    s.size_before AS sizeBefore, s.size_after AS sizeAfter, s.removed
  FROM image_settings s LEFT JOIN cases b ON b.id = s.case_before
    LEFT JOIN cases a ON a.id = s.case_after`

function settingOf({ id, imageId, ...row }: SettingRow): ImageSetting {
  const found = { id, imageId }
  switch (row.what) {
    case 'case':
      return { ...found, what: 'case', before: row.caseBefore, after: row.caseAfter }
    case 'pixel-size':
      return { ...found, what: 'pixel-size', before: row.sizeBefore, after: row.sizeAfter }
    case 'removal':
      return { ...found, what: 'removal', before: row.removed === 0, after: row.removed === 1 }
  }
}

/** A setting; undoes and redoes included. */
export function readSetting(database: Readable, settingId: number): ImageSetting {
  const row = prepared<[number], SettingRow>(database, `${selectSetting} WHERE s.id = ?`).get(settingId)
  if (row === undefined) throw new Error(`no setting ${settingId}`)
  return settingOf(row)
}

/** Who set the same on the image after a setting, and did not undo it; null: no reader. */
export function whoSetLater(database: Readable, { id, imageId, what }: ImageSetting): string | null {
  const rows = preparedRaw<[number, string], [id: number, undoes: number | null, reader: string]>(
    database,
    `SELECT s.id, s.undoes, r.name FROM image_settings s JOIN readers r ON r.id = s.reader_id
     WHERE s.image_id = ? AND s.what = ? ORDER BY s.id`,
  ).all(imageId, what)
  const undone = undoneEntries(rows)
  return rows.findLast(([other, undoes]) => other > id && undoes === null && !undone.has(other))?.[2] ?? null
}

/** What a step set, on all of its images; null: it set nothing. */
export function readActionSetting(database: Readable, actionId: number): ImageSetting | null {
  const row = prepared<[number], SettingRow>(
    database,
    `${selectSetting} JOIN reader_action_entries e ON e.setting_id = s.id WHERE e.action_id = ? ORDER BY e.id LIMIT 1`,
  ).get(actionId)
  return row === undefined ? null : settingOf(row)
}
