import { slicesOf, type Sliced } from '../../base/slices.ts'
import {
  AppError,
  isSameReader,
  type AgreementBasis,
  type AgreementReport,
  type KnownReader,
  type Readings,
  type ReadingView,
} from '../../contract/index.ts'
import { compareReaders, type ImageLabels } from '../../engine/evaluation/index.ts'
import {
  appendEvent,
  insertReader,
  requireReaderName,
  listClasses,
  listImageIds,
  listReaders,
  listStanding,
  readReadings,
  rowsOfSlice,
  saysAnything,
  type Readable,
  type StandingEntry,
  type Writable,
} from '../../store/index.ts'
import { isBlinded, setBlinded } from './blinded-reading.ts'
import type { Settings } from '../../session/settings.ts'

/** The readers of a workspace, by name, with the number of images that they have labelled. */
export function knownReaders(database: Readable, settings: Settings): KnownReader[] {
  const read = new Map<string, number>()
  const unsure = new Map<string, number>()
  const count = (counts: Map<string, number>, name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  for (const { all } of readReadings(database, null).values()) {
    for (const { reader, isUnsure } of all) {
      if (reader === null) continue
      count(read, reader)
      if (isUnsure) count(unsure, reader)
    }
  }
  return listReaders(database).map((reader) => ({
    ...reader,
    read: read.get(reader.name) ?? 0,
    unsure: unsure.get(reader.name) ?? 0,
    isBlind: isBlinded(settings, reader.name),
  }))
}

/**
 * Adds a reader to a workspace.
 * @throws AppError `reader.exists`, also if only upper and lower case differ; `reader.looks-alike`
 */
export function addReader(database: Writable, name: string): void {
  const known = listReaders(database).find((reader) => isSameReader(reader.name, name))
  if (known !== undefined) throw new AppError('reader.exists', { name: known.name })
  requireReaderName(database, name)
  insertKnownReader(database, name)
}

/**
 * A reader as the workspace spells the name, added if there is none of this name.
 * @throws AppError `reader.looks-alike`
 */
export function findOrAddReader(database: Writable, name: string): string {
  const known = requireReaderName(database, name)
  if (!listReaders(database).some((reader) => reader.name === known)) insertKnownReader(database, known)
  return known
}

/**
 * Changes the reader at this computer. In an open workspace, the name is spelled as the workspace has it.
 * @throws AppError `reader.looks-alike`
 */
export function switchReader(database: Writable | null, settings: Settings, name: string): void {
  if (database === null) {
    settings.change({ reader: name })
    return
  }
  const before = settings.content.reader
  const known = database.transaction(() => {
    const reader = findOrAddReader(database, name)
    if (reader !== before)
      appendEvent(database, {
        kind: 'reader',
        object: { type: 'reader', id: null, name: reader },
        before: { reads: before },
        after: { reads: reader },
      })
    return reader
  })()
  settings.change({ reader: known })
}

/** Begins or ends blind reading for a reader on this machine, with its event. @throws AppError `policy.forbids` */
export function switchBlind(database: Writable, settings: Settings, reader: string, isBlind: boolean): void {
  const before = isBlinded(settings, reader)
  if (before === isBlind) return
  if (!isBlind) settings.refuseWhere('requireBlindReading', true, 'Reading without blinding')
  appendEvent(database, {
    kind: 'reading',
    reader,
    object: { type: 'reader', id: null, name: reader },
    before: { blind: before },
    after: { blind: isBlind },
  })
  setBlinded(settings, reader, isBlind)
}

function insertKnownReader(database: Writable, name: string): void {
  database.transaction(() => {
    insertReader(database, name)
    appendEvent(database, {
      kind: 'reader',
      object: { type: 'reader', id: null, name },
      after: { added: true },
    })
  })()
}

/**
 * The agreement between the readers of a workspace, and the images to adjudicate, in slices. Labels that are no reader's enter no
 * figure; an image on which they differ from a reader's is one to adjudicate (docs/readers.md).
 */
export function* readAgreement(database: Readable, basis: AgreementBasis): Sliced<AgreementReport> {
  const classes = listClasses(database).map(({ name }) => name)
  const readings = new Map<number, Readings>()
  const compared: { imageId: number; all: readonly ReadingView[] }[] = []
  for (const imageIds of slicesOf(listImageIds(database), rowsOfSlice)) {
    const ofSlice = readReadings(database, imageIds)
    for (const [imageId, own] of ofSlice) readings.set(imageId, own)
    compared.push(
      ...(basis === 'current'
        ? [...ofSlice].map(([imageId, { all }]) => ({ imageId, all }))
        : independentLabels(listStanding(database, imageIds))),
    )
    yield
  }
  const images = compared.map(({ imageId, all }): ImageLabels => ({
    imageId,
    labels: all.flatMap(({ reader, className }) =>
      reader === null ? [] : { reader, classIndex: className === null ? -1 : classes.indexOf(className) },
    ),
  }))
  const readers = listReaders(database).flatMap(({ name }) => {
    const own = compared.flatMap(({ all }) => all.filter(({ reader }) => reader === name))
    if (own.length === 0) return []
    const unsure = own.filter(({ isUnsure }) => isUnsure).length
    const blind = own.filter(({ isBlind }) => isBlind).length
    return [{ name, read: own.length, unsure, blind }]
  })
  yield
  const names = readers.map(({ name }) => name)
  const present = new Set(listImageIds(database))
  const gone = listImageIds(database, { withRemoved: true }).filter((id) => !present.has(id))
  const removed = [...readReadings(database, gone).values()].filter(
    ({ all }) => new Set(all.flatMap(({ reader }) => reader ?? [])).size > 1,
  ).length
  const unadjudicated = [...readings].filter(([, { adjudication }]) => adjudication === null)
  return {
    basis,
    classes,
    readers,
    ...compareReaders(images, names, classes.length),
    disputed: unadjudicated.flatMap(([imageId, { isDisputed }]) => (isDisputed ? imageId : [])),
    unsure: unadjudicated.flatMap(([imageId, { all }]) =>
      all.some(({ isUnsure }) => isUnsure) ? imageId : [],
    ),
    adjudicated: [...readings].flatMap(([imageId, { adjudication }]) =>
      adjudication === null ? [] : imageId,
    ),
    removed,
  }
}

/**
 * The labels that no other label can have influenced: the first current label of each image, and the first blinded
 * label of each other reader. What a reader changed after seeing the others' labels does not count, nor what they chose
 * while a label from a folder name or a table was shown.
 * @param entries current ones, oldest first
 */
function independentLabels(entries: readonly StandingEntry[]): { imageId: number; all: StandingEntry[] }[] {
  const labels = entries.filter((entry) => !entry.isAdjudication && saysAnything(entry))
  return [...Map.groupBy(labels, ({ imageId }) => imageId)].map(([imageId, ofImage]) => {
    const chosen = new Map<string, StandingEntry>()
    ofImage.forEach((entry, index) => {
      const { reader, isBlind } = entry
      if (reader !== null && (index === 0 || isBlind) && !chosen.has(reader)) chosen.set(reader, entry)
    })
    return { imageId, all: [...chosen.values()] }
  })
}
