import { minReadingSeconds, readingPauseSeconds } from '../../contract/index.ts'

/** An entry of the trail about the label of an image, undone or not. */
export interface TrailEntry {
  /** null: no reader's, from an import. */
  reader: string | null
  imageId: number
  /** ISO 8601 in UTC. */
  at: string
  /** The reader chooses a class or is unsure; otherwise an undo, a withdrawal or an adjudication. */
  isDecision: boolean
  /** Given to several images in one step. */
  isTogether: boolean
}

export type Untimed = 'first' | 'pauses' | 'together' | 'short'

/** The time that a reader took for an image, or why it is not known. */
interface TimedReading<T> {
  entry: T & { reader: string }
  seconds: number | Untimed
}

interface Stay {
  reader: string | null
  imageId: number
  /** Time of the newest entry, in milliseconds. */
  until: number
}

/**
 * The first decision of each reader on each image, with the time since the same reader's newest entry on another image.
 * There is no time for the first image of a session, which begins with the trail, after an entry of another reader,
 * after an import, and after a pause; for images that were labelled together; and where the time is too short for a
 * person (`minReadingSeconds`).
 * @param entries in the order of the trail
 */
export function timeReadings<T extends TrailEntry>(entries: readonly T[]): TimedReading<T>[] {
  const decided = new Set<string>()
  const readings: TimedReading<T>[] = []
  const place: { before: Stay | null; now: Stay | null } = { before: null, now: null }
  for (const entry of entries) {
    const { reader, imageId, isDecision } = entry
    const time = Date.parse(entry.at)
    if (place.now?.reader !== reader || place.now.imageId !== imageId) place.before = place.now
    place.now = { reader, imageId, until: time }
    const key = `${imageId} ${reader ?? ''}`
    if (reader === null || !isDecision || decided.has(key)) continue
    decided.add(key)
    const start = place.before?.reader === reader ? place.before.until : null
    readings.push({ entry: { ...entry, reader }, seconds: secondsOf(start, time, entry.isTogether) })
  }
  return readings
}

function secondsOf(start: number | null, end: number, isTogether: boolean): number | Untimed {
  if (isTogether) return 'together'
  if (start === null) return 'first'
  const seconds = (end - start) / 1000
  if (seconds > readingPauseSeconds) return 'pauses'
  return seconds < minReadingSeconds ? 'short' : seconds
}
