import { sha256 } from '../base/sha256.ts'

/** Replaces the previous hash for the first event. */
export const beforeFirst = '0'.repeat(64)

/** An event as it is stored; `object`, `before` and `after` are canonical JSON. */
export interface StoredEvent {
  id: number
  at: string
  kind: string
  reader: string | null
  object: string
  before: string
  after: string
  reason: string | null
}

/** The canonical JSON of an event, built from the stored texts, so that a change in one of them is found. */
export const canonicalEvent = (event: StoredEvent): string =>
  `{"after":${event.after},"at":${JSON.stringify(event.at)},"before":${event.before},"id":${event.id}` +
  `,"kind":${JSON.stringify(event.kind)},"object":${event.object},"reader":${JSON.stringify(event.reader)}` +
  `,"reason":${JSON.stringify(event.reason)}}`

/** sha256 of the previous event's hash and this event's canonical JSON, in hex. */
export const eventHash = (previousHash: string, event: StoredEvent): string =>
  sha256(previousHash + canonicalEvent(event))
