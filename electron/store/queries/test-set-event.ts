import type { Writable } from '../database.ts'
import { appendEvent } from './audit.ts'

export function appendTestSetEvent(
  database: Writable,
  { id, name }: { id: number; name: string },
  {
    reader,
    ...event
  }: Pick<Parameters<typeof appendEvent>[1], 'before' | 'after' | 'rows' | 'reason'> & {
    reader: string | null
  },
): void {
  appendEvent(database, {
    kind: 'test-set',
    object: { type: 'test-set', id, name },
    ...event,
    ...(reader === null ? {} : { reader }),
  })
}
