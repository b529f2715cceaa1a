import { basename } from 'node:path'
import { canonicalJson } from '../../base/canonical-json.ts'
import { inSlices, pause, type Sliced } from '../../base/slices.ts'
import { isSameName } from '../../base/plain-name.ts'
import {
  AppError,
  isSameReader,
  looksLikeReader,
  type ReadingsImport,
  type RegionGeometry,
} from '../../contract/index.ts'
import {
  appendEvent,
  findRegions,
  getImage,
  insertReadingImport,
  knownReaderName,
  findNamedClass,
  listImageHashes,
  listNamedClasses,
  listReaders,
  readExchanged,
  requireReaderName,
  type NamedClass,
  type Readable,
  type Writable,
} from '../../store/index.ts'
import type { CheckedGeometry, ImageSize } from '../../engine/regions/geometry.ts'
import { requireRoomFor } from '../regions/change-regions.ts'
import { digestOf } from './export-readings.ts'
import { withClassNames, type FileEntry, type ReadingsFile } from './read-readings-file.ts'
import { recordReceived, type ReceivedIds } from './record-received.ts'

/** Other calls are answered after so many milliseconds; a check takes a few at most here (`checkGeometryIn`). */
const turnMs = 20

/** @throws AppError `region.invalid` */
export type CheckGeometry = (
  geometry: RegionGeometry,
  size: ImageSize,
) => CheckedGeometry | Promise<CheckedGeometry>

/** A readings file whose geometries are those of the images of this workspace. */
export type CheckedReadingsFile = ReadingsFile & { readonly isChecked: true }

/**
 * Checks every geometry of a file against its image, if this workspace has it. As the key of an entry holds its geometry,
 * one that is not in its stored form is refused and not tidied.
 * @param check throws for a geometry that does not fit; returns its stored form
 * @throws AppError `region.invalid`, `readings.invalid`
 */
export async function checkGeometries(
  database: Readable,
  path: string,
  file: ReadingsFile,
  check: CheckGeometry,
): Promise<CheckedReadingsFile> {
  const ids = imageIdsOf(database)
  let begin = performance.now()
  for (const entry of file.entries) {
    const imageId = ids.get(entry.image)
    if (entry.type !== 'regions' || imageId === undefined) continue
    const size = getImage(database, imageId, { withRemoved: true })
    for (const { geometry } of entry.entries) {
      if (geometry === null) continue
      if (performance.now() - begin > turnMs) {
        await pause()
        begin = performance.now()
      }
      const stored = await check(geometry, size)
      if (canonicalJson(stored) === canonicalJson(geometry)) continue
      throw new AppError('readings.invalid', { path, reason: 'a geometry is not as Lobule stores it' })
    }
  }
  return { ...file, isChecked: true }
}

/**
 * Adds the entries of a file that this workspace does not have, each with its event, in slices. All refusals come before
 * the first change. An import that is cut off can be repeated: what it added is known then.
 * @returns a report, and the images that changed
 * @throws AppError `classes.unknown`, `reader.looks-alike`, `readings.invalid`, `region.invalid`
 */
export function* importReadings(
  database: Writable,
  path: string,
  { header, images, entries: inFile, sha256 }: CheckedReadingsFile,
): Sliced<{ report: ReadingsImport; imageIds: number[] }> {
  const ids = imageIdsOf(database)
  const entries = inOwnNames(database, header, inFile)
  const present = images.flatMap((image) => {
    const id = ids.get(image)
    return id === undefined ? [] : [{ id, sha256: image }]
  })
  const missing = images.filter((image) => !ids.has(image))
  const received: ReceivedIds = { label: new Map(), comment: new Map(), regions: new Map() }
  yield* inSlices(present, (slice) => {
    for (const { id, sha256: image } of slice) {
      const { labels, comments, changes } = readExchanged(database, id, image)
      for (const entry of labels) received.label.set(entry.key, entry.id)
      for (const entry of comments) received.comment.set(entry.key, entry.id)
      for (const entry of changes) received.regions.set(entry.key, entry.id)
    }
  })
  const here = entries.filter(({ image }) => ids.has(image))
  const added = here.filter(({ type, key }) => !received[type].has(key))
  const classes = requireClasses(database, added)
  requireReaders(database, added)
  requireRegions(database, path, added, ids)
  yield
  const counts = { labels: 0, comments: 0, regionChanges: 0 }
  let importId = 0
  yield* inSlices(added, (slice, index) =>
    database.transaction(() => {
      if (index === 0) importId = recordImport(database, path, { header, sha256 })
      for (const entry of slice) {
        const imageId = ids.get(entry.image) ?? 0
        const reader = knownReaderName(database, entry.reader)
        const id = recordReceived(database, entry, { imageId, importId, reader, classes, received })
        received[entry.type].set(entry.key, id)
        counts[countNames[entry.type]]++
      }
    })(),
  )
  const keys = Object.values(received).flatMap((ofType: ReadonlyMap<string, number>) => [...ofType.keys()])
  return {
    report: {
      ...{ path, header, added: counts },
      known: here.length - added.length,
      leftOut: entries.length - here.length,
      missingImages: missing.length,
      missing: missing.slice(0, 100),
      digest: digestOf(keys),
    },
    imageIds: [...new Set(added.map(({ image }) => ids.get(image) ?? 0))],
  }
}

const countNames = { label: 'labels', comment: 'comments', regions: 'regionChanges' } as const

const imageIdsOf = (database: Readable): Map<string, number> =>
  new Map(listImageHashes(database).map(({ id, sha256 }) => [sha256, id]))

/**
 * The entries with the first names that their classes have in this workspace, which their keys here depend on. A class is
 * found by any name that it had on either side; one that is not found keeps its name (`requireClasses`).
 * @throws AppError `classes.unknown` if a class of the file is several here, or if it and another one of the file are one here
 */
function inOwnNames(
  database: Readable,
  { classes: listed = [] }: ReadingsFile['header'],
  entries: readonly FileEntry[],
): readonly FileEntry[] {
  const classes = listNamedClasses(database)
  const inFile = classesOfFile(classes, listed, classesOf(entries))
  const names = new Map<string, string>()
  for (const className of classesOf(entries)) {
    const found =
      inFile.find((one) => one.className === className) ??
      inFile.find((one) => isSameName(one.className, className))
    const [own, other] = found?.here ?? []
    if (own === undefined) continue
    const refuse = (why: string): never => {
      throw new AppError('classes.unknown', { className, known: classes.map(({ name }) => name), why })
    }
    if (other !== undefined)
      refuse(`names that it has had are those of two classes here, "${own.name}" and "${other.name}"`)
    const same = inFile.find((one) => one.here.includes(own) && !isSameName(one.className, className))
    if (same !== undefined) refuse(`both it and "${same.className}" of the file are "${own.name}" here`)
    const first = own.former[0] ?? own.name
    if (!isSameName(first, className)) names.set(className, first)
  }
  return names.size === 0 ? entries : withClassNames(entries, (name) => names.get(name) ?? name)
}

/** The classes that a file lists or uses, each by its first name there, and all classes here that have one of its names. */
function classesOfFile(
  classes: readonly NamedClass[],
  listed: readonly (readonly string[])[],
  used: ReadonlySet<string>,
): { className: string; here: NamedClass[] }[] {
  const unlisted = [...used].filter((name) => !listed.some(([first = '']) => isSameName(first, name)))
  return [...listed, ...unlisted.map((name) => [name])].map((names) => ({
    className: names[0] ?? '',
    here: [...new Set(names.map((name) => findNamedClass(classes, name)))].filter((one) => one !== undefined),
  }))
}

/** Every class that entries name, as they spell it. */
const classesOf = (entries: readonly FileEntry[]): ReadonlySet<string> =>
  new Set(
    entries
      .flatMap((entry) => {
        if (entry.type === 'comment') return []
        return entry.type === 'label' ? entry.className : entry.entries.map(({ className }) => className)
      })
      .filter((className) => className !== null),
  )

/** What the classes of entries are called now, by the spelling of the entries. @throws AppError `classes.unknown` */
function requireClasses(database: Readable, entries: readonly FileEntry[]): ReadonlyMap<string, string> {
  const classes = listNamedClasses(database)
  return new Map(
    [...classesOf(entries)].map((className) => {
      const found = findNamedClass(classes, className)
      if (found === undefined)
        throw new AppError('classes.unknown', { className, known: classes.map(({ name }) => name) })
      return [className, found.name]
    }),
  )
}

/** @throws AppError `reader.looks-alike` if one could be taken for another reader, of the workspace or of the file */
function requireReaders(database: Readable, entries: readonly FileEntry[]): void {
  const known = listReaders(database).map(({ name }) => name)
  for (const name of new Set(entries.map(({ reader }) => reader))) {
    requireReaderName(database, name)
    const alike = known.find((other) => looksLikeReader(other, name) && !isSameReader(other, name))
    if (alike !== undefined) throw new AppError('reader.looks-alike', { name, known: alike })
    known.push(name)
  }
}

/** @throws AppError `readings.invalid` for a region that is on another image here; `region.invalid` for too many */
function requireRegions(
  database: Writable,
  path: string,
  entries: readonly FileEntry[],
  ids: ReadonlyMap<string, number>,
): void {
  const changes = entries.filter((entry) => entry.type === 'regions')
  for (const ofImage of Map.groupBy(changes, ({ image }) => image).values()) {
    const imageId = ids.get(ofImage[0]?.image ?? '') ?? 0
    const uuids = [...new Set(ofImage.flatMap((change) => change.entries.map(({ uuid }) => uuid)))]
    const known = findRegions(database, uuids)
    if ([...known.values()].some((region) => region.imageId !== imageId))
      throw new AppError('readings.invalid', { path, reason: 'one of its regions is on another image here' })
    requireRoomFor(database, getImage(database, imageId, { withRemoved: true }), uuids.length - known.size)
  }
}

/** The event of a file that brings something new, before the events of its entries. */
function recordImport(
  database: Writable,
  path: string,
  { header, sha256 }: Pick<ReadingsFile, 'header' | 'sha256'>,
): number {
  const { workspace, head, madeAt, software, reader } = header
  const importId = insertReadingImport(database, {
    ...{ fileSha256: sha256, madeAt, software },
    ...{ workspaceId: workspace.id, workspaceName: workspace.name },
    ...{ headEvent: head.event, headHash: head.hash },
  })
  appendEvent(database, {
    kind: 'import',
    object: { type: 'file', id: null, name: basename(path) },
    after: { what: 'readings', readings: importId, sha256, workspace, head, madeAt, software, of: reader },
    rows: { reading_imports: [importId] },
  })
  return importId
}
