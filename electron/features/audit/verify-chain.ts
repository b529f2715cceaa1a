import { setImmediate } from 'node:timers/promises'
import type { AuditProblem, AuditVerification } from '../../contract/index.ts'
import {
  auditBounds,
  parseAuditPin,
  beforeFirst,
  eventHash,
  readEvents,
  type AuditPin,
  type HashedEvent,
  type Readable,
} from '../../store/index.ts'
import { SaidByEvents } from './compare-rows.ts'

/** The newest event as it was seen earlier, kept outside the workspace. */
interface Known {
  event: number
  hash: string
}

const eventsAtOnce = 2000
const mostProblems = 20

/**
 * Walks the whole trail as it stands now: numbers without gaps, each hash from the one before, the labels and
 * models that events tell of as they are told, and a hash that was noted down, if one is given. In slices, so
 * that nobody waits for it; what is added meanwhile is not looked at.
 */
export async function verifyChain(
  database: Readable,
  {
    head = null,
    known = null,
    signal,
  }: { head?: string | null; known?: Known | null; signal?: AbortSignal } = {},
): Promise<AuditVerification> {
  const startedAt = performance.now()
  const bounds = auditBounds(database)
  const pause = async (): Promise<void> => {
    await setImmediate()
    signal?.throwIfAborted()
  }
  const walk = new Walk(head, known)
  for (let done = false; !done;) {
    const events = readEvents(database, walk.lastId, eventsAtOnce).filter(
      ({ id }) => id <= bounds.lastEventId,
    )
    for (const event of events) walk.take(event)
    done = events.length < eventsAtOnce
    await pause()
  }
  const problems = walk.finish()
  const { pin } = walk
  if (pin !== null) {
    problems.push(...(await walk.said.compareLabels(database, pin, bounds, pause)))
    problems.push(...walk.said.compareModels(database, pin, bounds))
  }
  return {
    whole: problems.length === 0,
    events: walk.count,
    head: walk.hash,
    holdsNoted: walk.holdsNoted,
    problems: problems.slice(0, mostProblems),
    sentence: sentenceOf(problems, walk),
    verifiedAt: new Date().toISOString(),
    durationMs: performance.now() - startedAt,
  }
}

/** Takes the events one after the other and finds where they do not fit. */
class Walk {
  readonly said = new SaidByEvents()
  lastId = 0
  count = 0
  /** Of the newest event. */
  hash: string | null = null
  pin: AuditPin | null = null
  readonly #head: string | null
  readonly #known: Known | null
  #holdsKnown = false
  #holdsHead = false
  /** What the next event must follow; null: unknown, since one is missing. */
  #previous: string | null = beforeFirst
  readonly #problems: AuditProblem[] = []

  constructor(head: string | null, known: Known | null) {
    this.#head = head
    this.#known = known
  }

  take(event: HashedEvent): void {
    const { id, hash } = event
    if (id !== this.lastId + 1) {
      const first = this.lastId + 1
      const which =
        id === first + 1 ? `Event ${first} is missing` : `Events ${first} to ${id - 1} are missing`
      this.#tell(first, `${which}.`)
      this.#previous = null
    }
    if (this.#previous !== null && eventHash(this.#previous, event) !== hash) {
      const what = `${event.kind}, ${event.at}${event.reader === null ? '' : `, ${event.reader}`}`
      const before = id === 1 ? '' : `, or the hash of the event before it,`
      this.#tell(id, `Event ${id} (${what})${before} is not what was written.`)
    }
    if (id === 1) this.#begin(event)
    this.said.add(event)
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
    if (this.count === 0) this.#tell(null, 'The audit trail is empty: its events were removed.')
    if (this.#known !== null && !this.#holdsKnown) {
      const message = `This computer last saw event ${this.#known.event} with the hash ${this.#known.hash.slice(0, 12)}…, which this audit trail does not hold; it ends with event ${this.lastId}. Events were removed or rewritten, or this is an older copy of the workspace.`
      this.#problems.unshift({ kind: 'known', eventId: null, message })
    }
    if (this.holdsNoted === false) {
      const message = `The hash that was noted down (${this.#head?.slice(0, 12) ?? ''}…) is not in this audit trail, which ends with event ${this.lastId}: events at its end were removed or rewritten, or this is an older copy of the workspace.`
      this.#problems.unshift({ kind: 'head', eventId: this.lastId, message })
    }
    return this.#problems
  }

  #begin({ kind, after }: HashedEvent): void {
    if (kind === 'chain') this.pin = parseAuditPin(after)
    if (this.pin === null) this.#tell(1, 'The first event does not say what was there before.')
  }

  #tell(eventId: number | null, message: string): void {
    this.#problems.push({ kind: 'chain', eventId, message })
  }
}

function sentenceOf(problems: readonly AuditProblem[], { count, hash, holdsNoted }: Walk): string {
  const [first] = problems
  if (first === undefined) {
    const events = count === 1 ? '1 event' : `${count} events`
    const noted = holdsNoted === true ? ' The hash that was noted down is in it.' : ''
    return `The audit trail is whole: ${events}, newest hash ${hash ?? ''}.${noted}`
  }
  const others = problems.length === 1 ? '' : ` ${problems.length - 1} more did not fit.`
  return `The audit trail is broken. ${first.message}${others} Keep a copy of the workspace as it is now, find out who changed it, and go on from a backup if you can. Labels and models can still be read and exported.`
}
