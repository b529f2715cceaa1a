import type { Sliced } from '../../base/slices.ts'
import type { ReaderStudy, ReadingCondition, StudyFigures } from '../../contract/index.ts'
import {
  studyFigures,
  type AidedLabel,
  type LookedAgain,
  type StudyReading,
} from '../../engine/evaluation/reader-study.ts'
import { timeReadings } from '../../engine/evaluation/reading-times.ts'
import { listStudyEntries, lockedImages, type Readable, type StudyEntry } from '../../store/index.ts'

/** What one reader did, or all of them. */
interface Rows {
  readings: StudyReading[]
  aided: AidedLabel[]
  again: LookedAgain[]
  unsure: number
}

/**
 * Time per image, overrides, and labels before and after the suggestion, by reader and in all, from the label events. In
 * slices.
 * Images of locked test sets are timed only: suggestions beside their labels would tell how a model does on them.
 */
export function* readReaderStudy(database: Readable): Sliced<ReaderStudy> {
  const entries = yield* listStudyEntries(database)
  const locked = lockedImages(database)
  yield
  const timed = timeReadings(
    entries.map((entry) => ({
      ...entry,
      isDecision: isReading(entry) && saysSomething(entry),
      isTogether: entry.together > 1,
    })),
  )
  yield
  const byReader = Map.groupBy(
    timed.map(({ entry, seconds }) => ({
      reader: entry.reader,
      reading: { caseName: entry.caseName, seconds, condition: conditionOf(entry) },
    })),
    ({ reader }) => reader,
  )
  const inEffect = Map.groupBy(
    entries.filter((entry) => isReading(entry) && !entry.isUndone && !locked.has(entry.imageId)),
    ({ reader }) => reader,
  )
  const readers = [...byReader]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, readings]) => ({
      name,
      rows: { readings: readings.map(({ reading }) => reading), ...comparisons(inEffect.get(name) ?? []) },
    }))
  const all: Rows = {
    readings: readers.flatMap(({ rows }) => rows.readings),
    aided: readers.flatMap(({ rows }) => rows.aided),
    again: readers.flatMap(({ rows }) => rows.again),
    unsure: readers.reduce((sum, { rows }) => sum + rows.unsure, 0),
  }
  yield
  const figures: ReaderStudy['readers'] = []
  for (const { name, rows } of readers) figures.push({ name, ...(yield* figuresOf(rows)) })
  const [only, ...others] = figures
  if (only === undefined || others.length > 0) return { all: yield* figuresOf(all), readers: figures }
  const { name: _, ...own } = only
  return { all: own, readers: figures }
}

const figuresOf = ({ readings, aided, again, unsure }: Rows): Sliced<StudyFigures> =>
  studyFigures(readings, aided, again, unsure)

const isReading = ({ reader, isAdjudication, isUndo }: StudyEntry): boolean =>
  reader !== null && !isAdjudication && !isUndo

const saysSomething = ({ className, isUnsure }: StudyEntry): boolean => className !== null || isUnsure

const conditionOf = ({ isBlind, suggested }: StudyEntry): ReadingCondition =>
  isBlind ? 'blind' : suggested === null ? 'unaided' : 'aided'

/** @param entries of one reader, in effect, in the order of the trail */
function comparisons(entries: readonly StudyEntry[]): Omit<Rows, 'readings'> {
  const found: Omit<Rows, 'readings'> = { aided: [], again: [], unsure: 0 }
  for (const ofImage of Map.groupBy(entries, ({ imageId }) => imageId).values()) {
    const last = ofImage.at(-1)
    // A reader who withdrew the label has none of today.
    if (last === undefined || !saysSomething(last) || last.suggested === null) continue
    const { caseName, suggested, className: after } = last
    const first = ofImage.find((entry) => entry.isBlind && saysSomething(entry))
    if (first === undefined) {
      if (after !== null) found.aided.push({ caseName, isOverride: after !== suggested })
    } else if (first.className === null || after === null) found.unsure++
    else found.again.push({ caseName, suggested, before: first.className, after })
  }
  return found
}
