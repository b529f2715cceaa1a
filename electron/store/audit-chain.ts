import { createHash } from 'node:crypto'

/** Stands in the place of a hash before the first event. */
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

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * JSON with the keys of every object in the order of their UTF-16 units and no spaces (as RFC 8785); keys
 * without a value are left out, as JSON.stringify does.
 */
export function canonicalJson(value: unknown): string {
  if (value === undefined) return 'null'
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

/** The canonical JSON of an event, built from the texts as they are stored: a change in one of them shows. */
export const canonicalEvent = (event: StoredEvent): string =>
  `{"after":${event.after},"at":${JSON.stringify(event.at)},"before":${event.before},"id":${event.id}` +
  `,"kind":${JSON.stringify(event.kind)},"object":${event.object},"reader":${JSON.stringify(event.reader)}` +
  `,"reason":${JSON.stringify(event.reason)}}`

/** sha256 of the hash of the event before and this one's canonical JSON, in hex. */
export const eventHash = (previousHash: string, event: StoredEvent): string =>
  sha256(previousHash + canonicalEvent(event))
