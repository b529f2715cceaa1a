import { AppError, type CameraBits } from '../../contract/index.ts'
import type { Readable, Writable } from '../database.ts'
import { appendEvent, type NewAuditEvent, type RowsByTable } from './audit.ts'
import { fileNameOf } from './images.ts'
import { prepared } from './prepared.ts'
import { keepInTestSets } from './test-sets.ts'

export interface NewImage {
  sha256: string
  path: string
  byteCount: number
  format: string
  widthPx: number
  heightPx: number
  pixelSizeUm: number | null
  pixelSizeSource: string
  /** Null or absent: the values of the file are read as they are. */
  cameraBits?: CameraBits | null
  synthetic: boolean
  caseName: string | null
  /** From 1; `sha256` is the content hash of the page (engine/image contentHash). */
  page: number
  /** Path of its copy, relative to the workspace; null without a copy. */
  copiedPath: string | null
}

/** A stored image as `insertImage` takes it, without its copy. */
export function readNewImage(database: Readable, imageId: number): NewImage {
  const row = database
    .prepare<[number], Omit<NewImage, 'synthetic' | 'copiedPath'> & { synthetic: number }>(
      `SELECT i.sha256, i.path, i.byte_count AS byteCount, i.format, i.width_px AS widthPx, i.height_px AS heightPx,
         i.pixel_size_um AS pixelSizeUm, i.pixel_size_source AS pixelSizeSource, i.camera_bits AS cameraBits,
         i.synthetic, i.page, k.name AS caseName
       FROM images i LEFT JOIN cases k ON k.id = i.case_id WHERE i.id = ?`,
    )
    .get(imageId)
  if (row === undefined) throw new AppError('image.not-found', { image: String(imageId) })
  return { ...row, synthetic: row.synthetic === 1, copiedPath: null }
}

/** Adds an image and, if it is new, its case, with its event in the audit trail. Returns the image's id. */
export function insertImage(database: Writable, image: NewImage): number {
  return database.transaction(() => {
    const caseId = image.caseName === null ? null : caseIdOf(database, image.caseName)
    const { lastInsertRowid } = database
      .prepare(
        `INSERT INTO images (sha256, path, byte_count, format, width_px, height_px, pixel_size_um,
          pixel_size_source, synthetic, case_id, page, copied_path, imported_at, camera_bits)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        image.sha256,
        image.path,
        image.byteCount,
        image.format,
        image.widthPx,
        image.heightPx,
        image.pixelSizeUm,
        image.pixelSizeSource,
        image.synthetic ? 1 : 0,
        caseId,
        image.page,
        image.copiedPath,
        new Date().toISOString(),
        image.cameraBits ?? null,
      )
    const imageId = Number(lastInsertRowid)
    const { sha256, path, page, caseName, pixelSizeUm, pixelSizeSource, copiedPath } = image
    const { cameraBits = null } = image
    const after = {
      ...{ sha256, path, page, case: caseName, pixelSizeUm, pixelSizeSource, copy: copiedPath },
      ...(cameraBits === null ? {} : { cameraBits }),
    }
    appendImageEvent(database, imageId, { kind: 'import', after }, caseId)
    return imageId
  })()
}

/**
 * Sets the new path of an image's file; a copy is no longer used.
 * @param kind of its event: what found the file
 */
export function moveImage(
  database: Writable,
  imageId: number,
  path: string,
  kind: 'import' | 'relink',
): void {
  database.transaction(() => {
    const before = readFilePaths(database, imageId)
    database.prepare('UPDATE images SET path = ?, copied_path = NULL WHERE id = ?').run(path, imageId)
    appendImageEvent(database, imageId, { kind, before, after: { path, copy: null } })
  })()
}

/** Records that the workspace has a copy of an image's file; `copiedPath` relative to the workspace. */
export function setCopiedPath(database: Writable, imageId: number, copiedPath: string): void {
  database.transaction(() => {
    const { copy } = readFilePaths(database, imageId)
    database.prepare('UPDATE images SET copied_path = ? WHERE id = ?').run(copiedPath, imageId)
    appendImageEvent(database, imageId, { kind: 'import', before: { copy }, after: { copy: copiedPath } })
  })()
}

/** Sets the case of an image without a case. */
export function setMissingCase(database: Writable, imageId: number, caseName: string): void {
  database.transaction(() => {
    const caseId = caseIdOf(database, caseName)
    database.prepare('UPDATE images SET case_id = ? WHERE id = ? AND case_id IS NULL').run(caseId, imageId)
    const said = { before: { case: null }, after: { case: caseName } }
    appendImageEvent(database, imageId, { kind: 'import', ...said }, caseId)
  })()
}

/** Whether something was computed from a row of `images`: descriptors, predictions and maps depend on its pixel size. */
export const isUsed = `(EXISTS (SELECT 1 FROM image_flags WHERE image_id = images.id)
  OR EXISTS (SELECT 1 FROM verdicts WHERE image_id = images.id)
  OR EXISTS (SELECT 1 FROM folds WHERE image_id = images.id)
  OR EXISTS (SELECT 1 FROM regions r JOIN trained_regions t ON t.region_id = r.id WHERE r.image_id = images.id)
  OR EXISTS (SELECT 1 FROM slide_analyses WHERE image_id = images.id))`

/**
 * Sets the pixel size of an image that has none, unless something was computed from the image: descriptors and
 * predictions depend on it. Returns whether it was set.
 */
export function setMissingPixelSize(database: Writable, imageId: number, pixelSizeUm: number): boolean {
  return database.transaction(() => {
    const { changes } = database
      .prepare(
        `UPDATE images SET pixel_size_um = ?, pixel_size_source = 'stated'
         WHERE id = ? AND pixel_size_um IS NULL AND NOT ${isUsed}`,
      )
      .run(pixelSizeUm, imageId)
    if (changes === 0) return false
    const said = { before: { pixelSizeUm: null }, after: { pixelSizeUm, pixelSizeSource: 'stated' } }
    appendImageEvent(database, imageId, { kind: 'import', ...said })
    return true
  })()
}

/**
 * Sets the bits of the camera of an image that has none, unless something was computed from the image. Returns whether it was set.
 */
export function setMissingCameraBits(database: Writable, imageId: number, cameraBits: CameraBits): boolean {
  return database.transaction(() => {
    if (!canSetCameraBits(database, imageId)) return false
    prepared(database, 'UPDATE images SET camera_bits = ? WHERE id = ?').run(cameraBits, imageId)
    appendImageEvent(database, imageId, {
      kind: 'import',
      before: { cameraBits: null },
      after: { cameraBits },
    })
    return true
  })()
}

/** Whether `setMissingCameraBits` would set them. */
export const canSetCameraBits = (database: Readable, imageId: number): boolean =>
  prepared<[number], { id: number }>(
    database,
    `SELECT id FROM images WHERE id = ? AND camera_bits IS NULL AND NOT ${isUsed}`,
  ).get(imageId) !== undefined

const readFilePaths = (database: Readable, imageId: number): { path: string; copy: string | null } =>
  prepared<[number], { path: string; copy: string | null }>(
    database,
    'SELECT path, copied_path AS copy FROM images WHERE id = ?',
  ).get(imageId) ?? { path: '', copy: null }

/** Adds the event of an image that was added or changed; call it in the transaction of the change. */
export function appendImageEvent(
  database: Writable,
  imageId: number,
  event: Pick<NewAuditEvent, 'kind' | 'at' | 'before' | 'after' | 'reader'>,
  caseId: number | null = null,
  rows: RowsByTable = {},
): void {
  const { path } = readFilePaths(database, imageId)
  const object = { type: 'image', id: imageId, name: fileNameOf(path) }
  const grown = caseId === null ? [] : keepInTestSets(database, imageId)
  appendEvent(database, {
    ...event,
    object,
    rows: {
      ...rows,
      images: [imageId],
      ...(caseId === null ? {} : { cases: [caseId] }),
      ...(grown.length === 0 ? {} : { test_set_images: grown }),
    },
  })
}

export function caseIdOf(database: Writable, name: string): number {
  prepared(database, 'INSERT INTO cases (name) VALUES (?) ON CONFLICT DO NOTHING').run(name)
  const row = prepared<[string], { id: number }>(database, 'SELECT id FROM cases WHERE name = ?').get(name)
  return (row as { id: number }).id
}
