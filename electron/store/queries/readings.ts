import { agreedReading, isSameReader, type Readings, type ReadingView } from '../../contract/index.ts'
import type { Readable, Writable } from '../database.ts'

/** An entry that stands: it takes nothing back, and nobody took it back. */
export interface StandingEntry extends ReadingView {
  imageId: number
  isAdjudication: boolean
}

/** As an array, since ten thousand images have tens of thousands of entries and all are read at once. */
type StandingRow = [
  id: number,
  imageId: number,
  classId: number | null,
  readerId: number,
  at: string,
  comment: string | null,
  kind: 'reading' | 'adjudication',
  isUnsure: number,
  isBlind: number,
]

/**
 * Every entry that stands, of one image or of all: by image, and oldest first. Without a class it withdraws,
 * unless unsure.
 */
export function listStanding(database: Readable, imageId: number | null): StandingEntry[] {
  const classes = namesOf(database, 'classes')
  const readers = namesOf(database, 'readers')
  return database
    .prepare<number[], StandingRow>(
      `SELECT l.id, l.image_id, l.class_id, l.reader_id, l.at, l.comment, l.kind, l.is_unsure, l.is_blind
       FROM labels l
       WHERE l.undoes IS NULL AND NOT EXISTS (SELECT 1 FROM labels u WHERE u.undoes = l.id)
       ${imageId === null ? '' : 'AND l.image_id = ?'} ORDER BY l.image_id, l.id`,
    )
    .raw()
    .all(...(imageId === null ? [] : [imageId]))
    .map(([id, image, classId, readerId, at, comment, kind, isUnsure, isBlind]) => ({
      id,
      imageId: image,
      reader: readers.get(readerId) ?? '',
      className: classId === null ? null : (classes.get(classId) ?? null),
      isUnsure: isUnsure === 1,
      isBlind: isBlind === 1,
      isAdjudication: kind === 'adjudication',
      at,
      comment,
    }))
}

const namesOf = (database: Readable, table: 'classes' | 'readers'): Map<number, string> =>
  new Map(database.prepare<[], [number, string]>(`SELECT id, name FROM ${table}`).raw().all())

/** Whether an entry says anything; one that does not withdraws what its reader said before. */
export const saysAnything = ({ className, isUnsure }: ReadingView): boolean => className !== null || isUnsure

/** What readers now say, by image; images of which nobody ever said anything are missing. */
export function readReadings(database: Readable, imageId: number | null): Map<number, Readings> {
  const found = new Map<number, Readings>()
  const entries = listStanding(database, imageId)
  let begin = 0
  for (let end = 1; end <= entries.length; end++) {
    const id = entries[begin]?.imageId ?? 0
    if (entries[end]?.imageId === id) continue
    found.set(id, readingsOf(entries.slice(begin, end)))
    begin = end
  }
  return found
}

/** @param entries those of one image that stand, oldest first */
function readingsOf(entries: readonly StandingEntry[]): Readings {
  const newest = new Map<string, StandingEntry>()
  let adjudication: ReadingView | null = null
  for (const entry of entries) {
    if (entry.isAdjudication) adjudication = saysAnything(entry) ? viewOf(entry) : null
    else {
      // Taken out first, so that the order is that of the last word.
      newest.delete(entry.reader)
      newest.set(entry.reader, entry)
    }
  }
  const all = [...newest.values()].filter(saysAnything).map(viewOf)
  const { isDisputed } = agreedReading({ all, adjudication })
  return { all, adjudication, isDisputed, isWithheld: false }
}

const viewOf = ({ id, reader, className, isUnsure, isBlind, at, comment }: StandingEntry): ReadingView => ({
  id,
  reader,
  className,
  isUnsure,
  isBlind,
  at,
  comment,
})

export interface LabelCounts {
  /** Images with a label: adjudicated, or all who name a class agree. */
  labelled: number
  byClass: Map<string, number>
  /** Images whose readers disagree and that nobody adjudicated. */
  disputed: number
  /** Images without a label of which somebody is unsure. */
  unsure: number
}

export function countAgreed(database: Readable): LabelCounts {
  const counts: LabelCounts = { labelled: 0, byClass: new Map(), disputed: 0, unsure: 0 }
  for (const readings of readReadings(database, null).values()) {
    const className = agreedReading(readings).reading?.className ?? null
    if (className !== null) {
      counts.labelled++
      counts.byClass.set(className, (counts.byClass.get(className) ?? 0) + 1)
    } else if (readings.isDisputed) counts.disputed++
    else if (readings.all.some(({ isUnsure }) => isUnsure)) counts.unsure++
  }
  return counts
}

/** The images of which a reader ever entered anything, taken back or not. */
export const readImagesOf = (database: Readable, reader: string): Set<number> =>
  new Set(
    database
      .prepare<[string], { image_id: number }>(
        `SELECT DISTINCT image_id FROM labels
         WHERE kind = 'reading' AND reader_id = (SELECT id FROM readers WHERE name = ?)`,
      )
      .all(reader)
      .map((row) => row.image_id),
  )

/** Whether a reader ever entered anything of an image, taken back or not. */
export const hasRead = (database: Readable, reader: string, imageId: number): boolean =>
  database
    .prepare(
      `SELECT 1 FROM labels WHERE image_id = ? AND kind = 'reading'
       AND reader_id = (SELECT id FROM readers WHERE name = ?)`,
    )
    .get(imageId, reader) !== undefined

/** The name under which a reader is known here, however the given one is spelled; else the given one. */
export function knownReaderName(database: Readable, name: string): string {
  const names = database.prepare<[], { name: string }>('SELECT name FROM readers ORDER BY id').all()
  const exact = names.find((known) => known.name === name)
  return (exact ?? names.find((known) => isSameReader(known.name, name)))?.name ?? name.trim()
}

/** Makes a reader known who has said nothing yet. */
export function insertReader(database: Writable, name: string): void {
  database.prepare('INSERT INTO readers (name, created_at) VALUES (?, ?)').run(name, new Date().toISOString())
}
