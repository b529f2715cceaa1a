import { setImmediate } from 'node:timers/promises'
import type { AuditProblem, AuditVerification } from '../../contract/index.ts'
import {
  auditBounds,
  parseAuditPin,
  beforeFirst,
  compareSchema,
  describeDifference,
  eventHash,
  readEvents,
  type AuditPin,
  type HashedEvent,
  type Readable,
} from '../../store/index.ts'
import { DescribedRows } from './compare-rows.ts'

/** The newest event at an earlier verification, stored outside the workspace. */
interface KnownEvent {
  event: number
  hash: string
}

const eventsPerBatch = 500
const maxProblems = 20

/**
 * Verifies the whole trail: event numbers without gaps, each hash computed from the one before, a recorded hash, if one is
 * given, the schema of the database, and all tables equal to what the events describe (docs/audit.md). Runs in batches, so
 * that other work gets its turn, and each of them begins when `idle` resolves. Of events that are added in the meantime, the
 * hashes are not verified.
 */
export async function verifyChain(
  database: Readable,
  {
    head = null,
    known = null,
    signal,
    idle,
  }: {
    head?: string | null
    known?: KnownEvent | null
    signal?: AbortSignal
    idle?: () => Promise<void>
  } = {},
): Promise<AuditVerification> {
  const startedAt = performance.now()
  const bounds = auditBounds(database)
  const pause = async (): Promise<void> => {
    await setImmediate()
    await idle?.()
    signal?.throwIfAborted()
  }
  const chain = new ChainReader(database, head, known)
  for (let done = false; !done;) {
    await pause()
    const events = readEvents(database, chain.lastId, eventsPerBatch).filter(
      ({ id }) => id <= bounds.lastEventId,
    )
    for (const event of events) chain.add(event)
    done = events.length < eventsPerBatch
  }
  await pause()
  const problems = [...chain.finish(), ...schemaProblems(database)]
  const { pin } = chain
  if (pin !== null) {
    problems.push(...(await chain.rows.compare(pin, bounds, pause)))
  }
  return {
    whole: problems.length === 0,
    events: chain.count,
    head: chain.hash,
    holdsNoted: chain.holdsNoted,
    problems: problems.slice(0, maxProblems),
    sentence: sentenceOf(problems, chain),
    verifiedAt: new Date().toISOString(),
    durationMs: performance.now() - startedAt,
  }
}

const schemaProblems = (database: Readable): AuditProblem[] =>
  compareSchema(database).map((difference) => ({
    kind: 'schema',
    eventId: null,
    message: `The database is not as Lobule made it: ${describeDifference(difference)}.`,
  }))

/** Reads the events in order and collects the problems. */
class ChainReader {
  readonly rows: DescribedRows
  lastId = 0
  count = 0
  /** Hash of the newest event; null: there are no events. */
  hash: string | null = null
  pin: AuditPin | null = null
  readonly #head: string | null
  readonly #known: KnownEvent | null
  #holdsKnown = false
  #holdsHead = false
  /** Hash that the next event must follow; null: unknown, because an event is missing. */
  #previous: string | null = beforeFirst
  readonly #problems: AuditProblem[] = []

  constructor(database: Readable, head: string | null, known: KnownEvent | null) {
    this.rows = new DescribedRows(database)
    this.#head = head
    this.#known = known
  }

  add(event: HashedEvent): void {
    const { id, hash } = event
    if (id !== this.lastId + 1) {
      const first = this.lastId + 1
      const which =
        id === first + 1 ? `Event ${first} is missing` : `Events ${first} to ${id - 1} are missing`
      this.#report(first, `${which}.`)
      this.#previous = null
    }
    if (this.#previous !== null && eventHash(this.#previous, event) !== hash) {
      const about = `${event.kind}, ${event.at}${event.reader === null ? '' : `, ${event.reader}`}`
      const before = id === 1 ? '' : `, or the hash of the event before it,`
      this.#report(id, `Event ${id} (${about})${before} was changed.`)
    }
    if (id === 1) this.#begin(event)
    this.rows.add(event)
    if (hash === this.#head) this.#holdsHead = true
    if (hash === this.#known?.hash) this.#holdsKnown = true
    this.#previous = hash
    this.hash = hash
    this.lastId = id
    this.count++
  }

  get holdsNoted(): boolean | null {
    return this.#head === null ? null : this.#holdsHead
  }

  finish(): AuditProblem[] {
    if (this.count === 0) this.#report(null, 'The audit trail is empty: its events were removed.')
    if (this.#known !== null && !this.#holdsKnown) {
      const message = `This computer last saw event ${this.#known.event} with the hash ${this.#known.hash.slice(0, 12)}…, which is not in this audit trail; the trail ends with event ${this.lastId}. Events were removed or rewritten, or this is an older copy of the workspace.`
      this.#problems.unshift({ kind: 'known', eventId: null, message })
    }
    if (this.holdsNoted === false) {
      const message = `The recorded hash (${this.#head?.slice(0, 12) ?? ''}…) is not in this audit trail, which ends with event ${this.lastId}: events at its end were removed or rewritten, or this is an older copy of the workspace.`
      this.#problems.unshift({ kind: 'head', eventId: this.lastId, message })
    }
    return this.#problems
  }

  #begin({ kind, after }: HashedEvent): void {
    if (kind === 'chain') this.pin = parseAuditPin(after)
    if (this.pin === null)
      this.#report(1, 'The first event does not describe the state before the trail began.')
  }

  #report(eventId: number | null, message: string): void {
    this.#problems.push({ kind: 'chain', eventId, message })
  }
}

function sentenceOf(problems: readonly AuditProblem[], { count, hash, holdsNoted }: ChainReader): string {
  const [first] = problems
  if (first === undefined) {
    const events = count === 1 ? '1 event' : `${count} events`
    const recorded = holdsNoted === true ? ' It contains the recorded hash.' : ''
    return `The audit trail is whole: ${events}, newest hash ${hash ?? ''}.${recorded}`
  }
  const others = problems.length === 1 ? '' : ` ${problems.length - 1} more problems were found.`
  return `The audit trail is broken. ${first.message}${others} Keep a copy of the workspace as it is now, find out who changed it, and restore it from a backup if you have one. Labels and models can still be read and exported.`
}
