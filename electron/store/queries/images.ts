import { join } from 'node:path'
import {
  AppError,
  labelOf,
  noReadings,
  type ImageView,
  type Readings,
  type VerdictView,
} from '../../contract/index.ts'
import type { Readable, Writable } from '../database.ts'
import { appendEvent, type NewAuditEvent } from './audit.ts'
import { prepared } from './prepared.ts'
import { readReadings } from './readings.ts'
import { keepInTestSets, lockedImages } from './test-sets.ts'
import { newestVerdicts } from './verdicts.ts'

export interface NewImage {
  sha256: string
  path: string
  byteCount: number
  format: string
  widthPx: number
  heightPx: number
  pixelSizeUm: number | null
  pixelSizeSource: string
  synthetic: boolean
  caseName: string | null
  /** From 1; `sha256` is the content hash of the page (engine/image contentHash). */
  page: number
  /** Path of its copy, relative to the workspace; null without a copy. */
  copiedPath: string | null
}

interface ImageRow {
  id: number
  sha256: string
  path: string
  format: string
  width_px: number
  height_px: number
  pixel_size_um: number | null
  pixel_size_source: string
  page: number
  copied_path: string | null
  synthetic: number
  case_name: string | null
  imported_at: string
}

const fileNameOf = (path: string): string => path.split(/[/\\]/).at(-1) ?? path

const selectImages = `
  SELECT i.id, i.sha256, i.path, i.format, i.width_px, i.height_px, i.pixel_size_um,
    i.pixel_size_source, i.page, i.copied_path, i.synthetic,
    k.name AS case_name, i.imported_at
  FROM images i
  LEFT JOIN cases k ON k.id = i.case_id`

const filesOf = (
  { folder }: Readable,
  { path, copied_path: copied }: Pick<ImageRow, 'path' | 'copied_path'>,
): Pick<ImageView, 'path' | 'originalPath' | 'fileName'> => ({
  path: copied === null ? path : join(folder, copied),
  originalPath: path,
  fileName: fileNameOf(path),
})

/** What other tables hold of an image. */
interface OfImage {
  readings: Readings | undefined
  verdict: VerdictView | undefined
  /** The locked test set that it belongs to. */
  testSet: string | undefined
}

function fromRow(
  database: Readable,
  row: ImageRow,
  { readings = noReadings, verdict, testSet }: OfImage,
): ImageView {
  return {
    id: row.id,
    sha256: row.sha256,
    ...filesOf(database, row),
    copied: row.copied_path !== null,
    page: row.page,
    format: row.format,
    widthPx: row.width_px,
    heightPx: row.height_px,
    pixelSizeUm: row.pixel_size_um,
    pixelSizeSource: row.pixel_size_source,
    synthetic: row.synthetic === 1,
    caseName: row.case_name,
    label: labelOf(readings),
    readings,
    testSet: testSet ?? null,
    verdict: verdict ?? null,
    importedAt: row.imported_at,
  }
}

/** All images in the order of import, each with its labels and its newest prediction. */
export function listImages(database: Readable): ImageView[] {
  const readings = readReadings(database, null)
  const verdicts = newestVerdicts(database, null)
  const testSets = lockedImages(database)
  return database
    .prepare<[], ImageRow>(`${selectImages} ORDER BY i.id`)
    .all()
    .map((row) =>
      fromRow(database, row, {
        readings: readings.get(row.id),
        verdict: verdicts.get(row.id),
        testSet: testSets.get(row.id),
      }),
    )
}

/** The images that a model may be trained on: those with a label that belong to no locked test set. */
export const listTrainableImages = (database: Readable): ImageView[] =>
  listImages(database).filter(({ label, testSet }) => label !== null && testSet === null)

/** @throws AppError `image.not-found` */
export function getImage(database: Readable, imageId: number): ImageView {
  const row = prepared<[number], ImageRow>(database, `${selectImages} WHERE i.id = ?`).get(imageId)
  if (row === undefined) throw new AppError('image.not-found', { image: String(imageId) })
  return fromRow(database, row, {
    readings: readReadings(database, imageId).get(imageId),
    verdict: newestVerdicts(database, imageId).get(imageId),
    testSet: lockedImages(database, imageId).get(imageId),
  })
}

/** What names an image: its id, its content, and its file. */
export interface ImageName {
  id: number
  sha256: string
  /** As in `ImageView`. */
  path: string
  originalPath: string
  fileName: string
}

/** The names of all images, in the order of import. */
export const listImageNames = (database: Readable): ImageName[] =>
  database
    .prepare<[], Pick<ImageRow, 'id' | 'sha256' | 'path' | 'copied_path'>>(
      'SELECT id, sha256, path, copied_path FROM images ORDER BY id',
    )
    .all()
    .map((row) => ({ id: row.id, sha256: row.sha256, ...filesOf(database, row) }))

/** The names of all cases with an image. */
export const listCaseNames = (database: Readable): string[] =>
  database
    .prepare<[], { name: string }>('SELECT name FROM cases WHERE id IN (SELECT case_id FROM images)')
    .all()
    .map(({ name }) => name)

/** Paths of the images' own files, without the copies in the workspace. */
export const listImagePaths = (database: Readable): string[] =>
  database
    .prepare<[], { path: string }>('SELECT DISTINCT path FROM images')
    .all()
    .map(({ path }) => path)

/** Image id by content, or null. */
export function findImageByHash(database: Readable, sha256: string): number | null {
  return (
    database.prepare<[string], { id: number }>('SELECT id FROM images WHERE sha256 = ?').get(sha256)?.id ??
    null
  )
}

/** Adds an image and, if it is new, its case, with its event in the audit trail. Returns the image's id. */
export function insertImage(database: Writable, image: NewImage): number {
  return database.transaction(() => {
    const caseId = image.caseName === null ? null : caseIdOf(database, image.caseName)
    const { lastInsertRowid } = database
      .prepare(
        `INSERT INTO images (sha256, path, byte_count, format, width_px, height_px, pixel_size_um,
          pixel_size_source, synthetic, case_id, page, copied_path, imported_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
      )
    const imageId = Number(lastInsertRowid)
    const { sha256, path, page, caseName, pixelSizeUm, pixelSizeSource, copiedPath } = image
    const after = { sha256, path, page, case: caseName, pixelSizeUm, pixelSizeSource, copy: copiedPath }
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

/**
 * Sets the pixel size of an image that has none, unless something was computed from the image: descriptors and
 * predictions depend on it. Returns whether it was set.
 */
export function setMissingPixelSize(database: Writable, imageId: number, pixelSizeUm: number): boolean {
  return database.transaction(() => {
    const { changes } = database
      .prepare(
        `UPDATE images SET pixel_size_um = ?, pixel_size_source = 'stated'
         WHERE id = ? AND pixel_size_um IS NULL
           AND NOT EXISTS (SELECT 1 FROM image_flags WHERE image_id = images.id)
           AND NOT EXISTS (SELECT 1 FROM verdicts WHERE image_id = images.id)
           AND NOT EXISTS (SELECT 1 FROM folds WHERE image_id = images.id)`,
      )
      .run(pixelSizeUm, imageId)
    if (changes === 0) return false
    const said = { before: { pixelSizeUm: null }, after: { pixelSizeUm, pixelSizeSource: 'stated' } }
    appendImageEvent(database, imageId, { kind: 'import', ...said })
    return true
  })()
}

/** Sets or removes the case of an image. */
export function setCase(database: Writable, imageId: number, caseName: string | null): void {
  database.transaction(() => {
    const before = readCase(database, imageId)
    const caseId = caseName === null ? null : caseIdOf(database, caseName)
    database.prepare('UPDATE images SET case_id = ? WHERE id = ?').run(caseId, imageId)
    const said = { before: { case: before }, after: { case: caseName } }
    appendImageEvent(database, imageId, { kind: 'image', ...said }, caseId)
  })()
}

const readCase = (database: Readable, imageId: number): string | null =>
  database
    .prepare<[number], { name: string }>(
      'SELECT k.name FROM images i JOIN cases k ON k.id = i.case_id WHERE i.id = ?',
    )
    .get(imageId)?.name ?? null

/**
 * Sets the pixel size of an image as stated by a user, unless its file has one or something was computed from the image.
 * @returns what became of it
 */
export function setPixelSize(
  database: Writable,
  imageId: number,
  pixelSizeUm: number,
): 'set' | 'same' | 'from-file' | 'used' {
  return database.transaction(() => {
    const row = database
      .prepare<[number], { size: number | null; source: string; used: number }>(
        `SELECT pixel_size_um AS size, pixel_size_source AS source,
           EXISTS (SELECT 1 FROM image_flags WHERE image_id = i.id)
             OR EXISTS (SELECT 1 FROM verdicts WHERE image_id = i.id)
             OR EXISTS (SELECT 1 FROM folds WHERE image_id = i.id) AS used
         FROM images i WHERE i.id = ?`,
      )
      .get(imageId)
    if (row === undefined) throw new AppError('image.not-found', { image: String(imageId) })
    if (row.size !== null && row.source !== 'stated') return 'from-file'
    if (row.size === pixelSizeUm) return 'same'
    if (row.used === 1) return 'used'
    database
      .prepare("UPDATE images SET pixel_size_um = ?, pixel_size_source = 'stated' WHERE id = ?")
      .run(pixelSizeUm, imageId)
    const said = {
      before: { pixelSizeUm: row.size, pixelSizeSource: row.source },
      after: { pixelSizeUm, pixelSizeSource: 'stated' },
    }
    appendImageEvent(database, imageId, { kind: 'image', ...said })
    return 'set' as const
  })()
}

const readFilePaths = (database: Readable, imageId: number): { path: string; copy: string | null } =>
  database
    .prepare<[number], { path: string; copy: string | null }>(
      'SELECT path, copied_path AS copy FROM images WHERE id = ?',
    )
    .get(imageId) ?? { path: '', copy: null }

/** Adds the event of an image that was added or changed; call it in the transaction of the change. */
function appendImageEvent(
  database: Writable,
  imageId: number,
  event: Pick<NewAuditEvent, 'kind' | 'before' | 'after'>,
  caseId: number | null = null,
): void {
  const { path } = readFilePaths(database, imageId)
  const object = { type: 'image', id: imageId, name: fileNameOf(path) }
  const grown = caseId === null ? [] : keepInTestSets(database, imageId)
  appendEvent(database, {
    ...event,
    object,
    rows: {
      images: [imageId],
      ...(caseId === null ? {} : { cases: [caseId] }),
      ...(grown.length === 0 ? {} : { test_set_images: grown }),
    },
  })
}

function caseIdOf(database: Writable, name: string): number {
  database.prepare('INSERT INTO cases (name) VALUES (?) ON CONFLICT DO NOTHING').run(name)
  const row = database.prepare<[string], { id: number }>('SELECT id FROM cases WHERE name = ?').get(name)
  return (row as { id: number }).id
}
