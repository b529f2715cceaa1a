import type {
  AuditEventView,
  AuditKind,
  AuditVerification,
  CallInput,
} from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

/** The filter of the list; empty: everything. Days as `2026-01-31`, in local time. */
export interface AuditFilter {
  kind: AuditKind | ''
  reader: string
  imageId: number | null
  text: string
  fromDay: string
  toDay: string
}

const everything: AuditFilter = { kind: '', reader: '', imageId: null, text: '', fromDay: '', toDay: '' }
const pageSize = 200

/** The audit trail as the page shows it: the result of the verification, and the events page by page. */
export class Audit {
  readonly #client: Client
  #verification = $state.raw<AuditVerification | null>(null)
  #isVerifying = $state(false)
  #filter = $state.raw<AuditFilter>(everything)
  #events = $state.raw<readonly AuditEventView[]>([])
  #total = $state(0)
  #readers = $state.raw<readonly string[]>([])
  #isLoaded = $state(false)
  /** Increases with each request; an answer to an earlier request is ignored. */
  #question = 0
  #isFetching = false

  constructor(client: Client) {
    this.#client = client
  }

  /** null: not verified yet. */
  get verification(): AuditVerification | null {
    return this.#verification
  }

  /**
   * The verification if the trail is broken, for the warning on every screen; else null. A noted hash may be
   * mistyped, so it does not count.
   */
  get warning(): AuditVerification | null {
    return this.#verification?.problems.some(({ kind }) => kind !== 'head') === true
      ? this.#verification
      : null
  }

  /** Whether the only problem is that this machine has seen a newer state, as after a backup was restored. */
  get isOlderCopy(): boolean {
    const problems = this.#verification?.problems ?? []
    return (
      problems.some(({ kind }) => kind === 'known') &&
      problems.every(({ kind }) => kind === 'known' || kind === 'head')
    )
  }

  get isVerifying(): boolean {
    return this.#isVerifying
  }

  get filter(): AuditFilter {
    return this.#filter
  }

  get isFiltered(): boolean {
    return JSON.stringify(this.#filter) !== JSON.stringify(everything)
  }

  /** Newest first, as far as they are fetched. */
  get events(): readonly AuditEventView[] {
    return this.#events
  }

  get total(): number {
    return this.#total
  }

  get readers(): readonly string[] {
    return this.#readers
  }

  get isLoaded(): boolean {
    return this.#isLoaded
  }

  /** Loads the result of the verification at opening, if it is finished. */
  async enter(): Promise<void> {
    const found = await this.#client['audit.state']({})
    if (found !== null) this.show(found)
  }

  show(verification: AuditVerification): void {
    this.#verification = verification
  }

  async verify(head: string | null): Promise<void> {
    this.#isVerifying = true
    try {
      this.show(await this.#client['audit.verify']({ head }))
    } finally {
      this.#isVerifying = false
    }
  }

  /** Accepts an older copy that was restored on purpose. */
  async accept(reason: string): Promise<void> {
    this.show(await this.#client['audit.accept']({ reason }))
  }

  /** Changes the filter and fetches the list again. */
  async narrow(change: Partial<AuditFilter>): Promise<void> {
    this.#filter = { ...this.#filter, ...change }
    await this.load()
  }

  clearFilter(): Promise<void> {
    return this.narrow(everything)
  }

  /** Fetches the newest page. */
  async load(): Promise<void> {
    const question = ++this.#question
    const page = await this.#client['audit.list']({ filter: toCallFilter(this.#filter), limit: pageSize })
    if (question !== this.#question) return
    this.#events = page.events
    this.#total = page.total
    this.#readers = page.readers
    this.#isLoaded = true
  }

  /** Fetches the newest page, and verifies again if the last verification was of an older state. */
  async refresh(): Promise<void> {
    await this.load()
    const newest = await this.#newestHash()
    const isOld = this.#verification !== null && newest !== this.#verification.head
    if (isOld && newest !== undefined && !this.#isVerifying) await this.verify(null)
  }

  /** Hash of the newest event of the whole trail, also if the list is filtered. */
  async #newestHash(): Promise<string | undefined> {
    if (!this.isFiltered) return this.#events[0]?.hash
    const { events } = await this.#client['audit.list']({ filter: toCallFilter(everything), limit: 1 })
    return events[0]?.hash
  }

  /** Fetches the next older page, if there is one. */
  async loadMore(): Promise<void> {
    const last = this.#events.at(-1)
    if (last === undefined || this.#isFetching || this.#events.length >= this.#total) return
    const question = this.#question
    this.#isFetching = true
    try {
      const filter = toCallFilter(this.#filter)
      const page = await this.#client['audit.list']({ filter, olderThan: last.id, limit: pageSize })
      if (question === this.#question) this.#events = [...this.#events, ...page.events]
    } finally {
      this.#isFetching = false
    }
  }

  /** Writes the trail to a file; returns the number of events. */
  async export(path: string, replace: boolean): Promise<number> {
    return (await this.#client['audit.export']({ path, replace })).events
  }

  clear(): void {
    this.#question++
    this.#verification = null
    this.#filter = everything
    this.#events = []
    this.#total = 0
    this.#isLoaded = false
  }
}

function toCallFilter({
  kind,
  reader,
  imageId,
  text,
  fromDay,
  toDay,
}: AuditFilter): CallInput<'audit.list'>['filter'] {
  return {
    kinds: kind === '' ? null : [kind],
    reader: reader === '' ? null : reader,
    imageId,
    text: text.trim() === '' ? null : text.trim(),
    from: moment(fromDay, 'T00:00:00.000'),
    to: moment(toDay, 'T23:59:59.999'),
  }
}

/** The first or last moment of a local day, in UTC. */
function moment(day: string, timeOfDay: string): string | null {
  const at = new Date(day + timeOfDay)
  return day === '' || Number.isNaN(at.getTime()) ? null : at.toISOString()
}
