import { join } from 'node:path'
import { inSlices, type Sliced } from '../../base/slices.ts'
import {
  AppError,
  labelOf,
  noReadings,
  type CameraBits,
  type ImageView,
  type Readings,
  type SlideAreas,
  type VerdictView,
} from '../../contract/index.ts'
import type { Readable } from '../database.ts'
import { assignedReaders } from './assignments.ts'
import { whereImage, type OfImages } from './of-images.ts'
import { prepared } from './prepared.ts'
import { readReadings } from './readings.ts'
import { lockedImages } from './test-sets.ts'
import { newestSlideAreas } from './slide-areas.ts'
import { newestVerdicts } from './verdicts.ts'

interface ImageRow {
  id: number
  sha256: string
  path: string
  format: string
  width_px: number
  height_px: number
  pixel_size_um: number | null
  pixel_size_source: string
  camera_bits: CameraBits | null
  page: number
  copied_path: string | null
  synthetic: number
  case_name: string | null
  imported_at: string
}

/** The last part of a path of any operating system. */
export const fileNameOf = (path: string): string => path.split(/[/\\]/).at(-1) ?? path

const selectImages = `
  SELECT i.id, i.sha256, i.path, i.format, i.width_px, i.height_px, i.pixel_size_um,
    i.pixel_size_source, i.camera_bits, i.page, i.copied_path, i.synthetic,
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
  /** Of its newest analysis as a slide. */
  slide: SlideAreas | undefined
  assignedTo: string[] | undefined
}

function fromRow(
  database: Readable,
  row: ImageRow,
  { readings = noReadings, verdict, testSet, slide, assignedTo }: OfImage,
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
    ...(row.camera_bits === null ? {} : { cameraBits: row.camera_bits }),
    synthetic: row.synthetic === 1,
    caseName: row.case_name,
    label: labelOf(readings),
    readings,
    ...(assignedTo === undefined ? {} : { assignedTo }),
    testSet: testSet ?? null,
    verdict: verdict ?? null,
    slide: slide ?? null,
    importedAt: row.imported_at,
  }
}

/**
 * These images, or all, in the order of import, each with its labels and its newest prediction. Removed ones are left
 * out, unless `withRemoved`.
 */
export function listImages(
  database: Readable,
  of: OfImages = null,
  { withRemoved = false } = {},
): ImageView[] {
  const readings = readReadings(database, of)
  const verdicts = newestVerdicts(database, of)
  const testSets = lockedImages(database, of)
  const slides = newestSlideAreas(database, of)
  const assigned = assignedReaders(database, of)
  const { where, values } = whereImage('i.id', of)
  const present = withRemoved ? where : `${where === '' ? 'WHERE' : `${where} AND`} i.removed_at IS NULL`
  return prepared<(number | string)[], ImageRow>(database, `${selectImages} ${present} ORDER BY i.id`)
    .all(...values)
    .map((row) =>
      fromRow(database, row, {
        readings: readings.get(row.id),
        verdict: verdicts.get(row.id),
        testSet: testSets.get(row.id),
        slide: slides.get(row.id),
        assignedTo: assigned.get(row.id),
      }),
    )
}

/** @throws AppError `image.not-found`, `image.removed` unless `withRemoved` */
export function getImage(
  database: Readable,
  imageId: number,
  options: { withRemoved?: boolean } = {},
): ImageView {
  const [image] = listImages(database, imageId, options)
  return image ?? missing(database, imageId)
}

function missing(database: Readable, imageId: number): never {
  const code = isRemoved(database, imageId) ? 'image.removed' : 'image.not-found'
  throw new AppError(code, { image: String(imageId) })
}

/**
 * Whether an image was removed, and not restored.
 * @throws AppError `image.not-found`
 */
export function isRemoved(database: Readable, imageId: number): boolean {
  const row = prepared<[number], { at: string | null }>(
    database,
    'SELECT removed_at AS at FROM images WHERE id = ?',
  ).get(imageId)
  if (row === undefined) throw new AppError('image.not-found', { image: String(imageId) })
  return row.at !== null
}

/** Those of the images that were not removed; null: all. */
export const presentImages = (database: Readable, imageIds: readonly number[] | null): number[] => {
  const present = listImageIds(database)
  if (imageIds === null) return present
  const known = new Set(present)
  return imageIds.filter((id) => known.has(id))
}

/**
 * Some images, in this order; much faster than one by one.
 * @throws AppError `image.not-found`, `image.removed`
 */
export function getImages(database: Readable, imageIds: readonly number[]): ImageView[] {
  const found = new Map(listImages(database, imageIds).map((image) => [image.id, image]))
  return imageIds.map((imageId) => found.get(imageId) ?? missing(database, imageId))
}

/**
 * The current views of images, in slices; null: of all, in the order of import.
 * @throws AppError `image.not-found`, `image.removed`
 */
export function* currentImages(database: Readable, imageIds: readonly number[] | null): Sliced<ImageView[]> {
  const images: ImageView[][] = []
  yield* inSlices(imageIds ?? listImageIds(database), (slice) => images.push(getImages(database, slice)))
  return images.flat()
}

/** The images that a model may be trained on, in slices: those with a label that belong to no locked test set. */
export function* listTrainableImages(database: Readable): Sliced<ImageView[]> {
  return (yield* currentImages(database, null)).filter(isTrainable)
}

export const isTrainable = ({ label, testSet }: ImageView): boolean => label !== null && testSet === null

/** Paths of the copied files, absolute. */
export const listCopies = (database: Readable): string[] =>
  database
    .prepare<[], { copied_path: string }>('SELECT copied_path FROM images WHERE copied_path IS NOT NULL')
    .all()
    .map(({ copied_path: copied }) => join(database.folder, copied))

/** Ids of all images in the order of import; removed ones only `withRemoved`. */
export const listImageIds = (database: Readable, { withRemoved = false } = {}): number[] =>
  prepared<[], { id: number }>(
    database,
    `SELECT id FROM images ${withRemoved ? '' : 'WHERE removed_at IS NULL'} ORDER BY id`,
  )
    .all()
    .map(({ id }) => id)

/** What names an image: its id, its content, and its file. */
export interface ImageName {
  id: number
  sha256: string
  /** As in `ImageView`. */
  path: string
  originalPath: string
  fileName: string
}

/** The names of all images, also of removed ones, in the order of import. */
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
    .prepare<[], { name: string }>(
      'SELECT name FROM cases WHERE id IN (SELECT case_id FROM images WHERE removed_at IS NULL)',
    )
    .all()
    .map(({ name }) => name)

/** Paths of the images' own files, also of removed ones, without the copies in the workspace. */
export const listImagePaths = (database: Readable): string[] =>
  database
    .prepare<[], { path: string }>('SELECT DISTINCT path FROM images')
    .all()
    .map(({ path }) => path)

/** Image id by content, also of a removed image, or null. */
export function findImageByHash(database: Readable, sha256: string): number | null {
  return (
    database.prepare<[string], { id: number }>('SELECT id FROM images WHERE sha256 = ?').get(sha256)?.id ??
    null
  )
}

export interface RemovedImage {
  imageId: number
  fileName: string
  path: string
  /** When it was removed. */
  at: string
}

/** Removed images, the one that was removed last first. */
export const listRemovedImages = (database: Readable): RemovedImage[] =>
  database
    .prepare<[], { id: number; path: string; at: string }>(
      'SELECT id, path, removed_at AS at FROM images WHERE removed_at IS NOT NULL ORDER BY removed_at DESC, id DESC',
    )
    .all()
    .map(({ id, path, at }) => ({ imageId: id, path, fileName: fileNameOf(path), at }))

/** The name of an image's file, also of a removed one. */
export const imageNameOf = (database: Readable, imageId: number): string =>
  fileNameOf(
    prepared<[number], { path: string }>(database, 'SELECT path FROM images WHERE id = ?').get(imageId)
      ?.path ?? '',
  )
