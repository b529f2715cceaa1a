import type { HashedEvent } from '../../store/index.ts'

/** An event with its texts parsed. What cannot be parsed is empty: the chain tells of it. */
export interface DescribedEvent {
  id: number
  at: string
  kind: string
  reader: string | null
  reason: string | null
  object: Readonly<Record<string, unknown>>
  after: Readonly<Record<string, unknown>>
}

export const describedEvent = ({
  id,
  at,
  kind,
  reader,
  reason,
  object,
  after,
}: HashedEvent): DescribedEvent => ({
  id,
  at,
  kind,
  reader,
  reason,
  object: recordOf(object),
  after: recordOf(after),
})

function recordOf(text: string): Record<string, unknown> {
  try {
    return asRecord(JSON.parse(text))
  } catch {
    return {}
  }
}

export const asRecord = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
