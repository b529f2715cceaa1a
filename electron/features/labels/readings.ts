import {
  AppError,
  isSameReader,
  type AgreementBasis,
  type AgreementReport,
  type KnownReader,
} from '../../contract/index.ts'
import { compareReaders, type ImageLabels } from '../../engine/evaluation/index.ts'
import {
  appendEvent,
  insertReader,
  knownReaderName,
  listClasses,
  listReaders,
  listStanding,
  readReadings,
  saysAnything,
  type Readable,
  type StandingEntry,
  type Writable,
} from '../../store/index.ts'
import { isBlinded } from './blinded-reading.ts'
import type { Settings } from '../../session/settings.ts'

/** Everybody who is known in a workspace, by name, with what they now say. */
export function knownReaders(database: Readable, settings: Settings): KnownReader[] {
  const read = new Map<string, number>()
  const unsure = new Map<string, number>()
  const count = (counts: Map<string, number>, name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  for (const { all } of readReadings(database, null).values()) {
    for (const { reader, isUnsure } of all) {
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
 * Makes a reader known in a workspace.
 * @throws AppError `reader.exists`, also where only the spelling differs
 */
export function addReader(database: Writable, name: string): void {
  const known = listReaders(database).find((reader) => isSameReader(reader.name, name))
  if (known !== undefined) throw new AppError('reader.exists', { name: known.name })
  makeKnown(database, name)
}

/** Who reads at this machine from now on, under the name by which the workspace knows them, if any is open. */
export function switchReader(database: Writable | null, settings: Settings, name: string): void {
  if (database === null) {
    settings.change({ reader: name })
    return
  }
  const before = settings.content.reader
  const known = knownReaderName(database, name)
  database.transaction(() => {
    if (!listReaders(database).some((reader) => reader.name === known)) makeKnown(database, known)
    if (known === before) return
    appendEvent(database, {
      kind: 'reader',
      object: { type: 'reader', id: null, name: known },
      before: { reads: before },
      after: { reads: known },
    })
  })()
  settings.change({ reader: known })
}

function makeKnown(database: Writable, name: string): void {
  database.transaction(() => {
    insertReader(database, name)
    appendEvent(database, {
      kind: 'reader',
      object: { type: 'reader', id: null, name },
      after: { added: true },
    })
  })()
}

/** How far the readers of a workspace agree, and what is to be settled (docs/readers.md). */
export function readAgreement(database: Readable, basis: AgreementBasis): AgreementReport {
  const classes = listClasses(database).map(({ name }) => name)
  const readings = readReadings(database, null)
  const compared =
    basis === 'current'
      ? [...readings].map(([imageId, { all }]) => ({ imageId, all }))
      : independentReadings(listStanding(database, null))
  const images = compared.map(({ imageId, all }): ImageLabels => ({
    imageId,
    labels: all.map(({ reader, className }) => ({
      reader,
      classIndex: className === null ? -1 : classes.indexOf(className),
    })),
  }))
  const readers = listReaders(database).flatMap(({ name }) => {
    const own = compared.flatMap(({ all }) => all.filter(({ reader }) => reader === name))
    if (own.length === 0) return []
    const unsure = own.filter(({ isUnsure }) => isUnsure).length
    const blind = own.filter(({ isBlind }) => isBlind).length
    return [{ name, read: own.length, unsure, blind }]
  })
  const names = readers.map(({ name }) => name)
  const open = [...readings].filter(([, { adjudication }]) => adjudication === null)
  return {
    basis,
    classes,
    readers,
    ...compareReaders(images, names, classes.length),
    disputed: open.flatMap(([imageId, { isDisputed }]) => (isDisputed ? imageId : [])),
    unsure: open.flatMap(([imageId, { all }]) => (all.some(({ isUnsure }) => isUnsure) ? imageId : [])),
    adjudicated: [...readings].flatMap(([imageId, { adjudication }]) =>
      adjudication === null ? [] : imageId,
    ),
  }
}

/**
 * The readings that nobody else's word can have led: of each image the first that stands, whoever gave it, and
 * the first that each other reader gave blind. What a reader changed once the others were shown does not count.
 * @param entries that stand, oldest first
 */
function independentReadings(entries: readonly StandingEntry[]): { imageId: number; all: StandingEntry[] }[] {
  const read = entries.filter((entry) => !entry.isAdjudication && saysAnything(entry))
  return [...Map.groupBy(read, ({ imageId }) => imageId)].map(([imageId, said]) => {
    const chosen = new Map<string, StandingEntry>()
    said.forEach((entry, place) => {
      if ((place === 0 || entry.isBlind) && !chosen.has(entry.reader)) chosen.set(entry.reader, entry)
    })
    return { imageId, all: [...chosen.values()] }
  })
}
