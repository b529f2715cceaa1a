import type {
  AuditEventView,
  AuditKind,
  AuditVerification,
  CallInput,
} from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

/** What the list is narrowed to; empty: everything. Days as `2026-01-31`, in the reader's own time. */
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

/** The audit trail as the page shows it: what the verification found, and the events page by page. */
export class Audit {
  readonly #client: Client
  #verification = $state.raw<AuditVerification | null>(null)
  #isVerifying = $state(false)
  #filter = $state.raw<AuditFilter>(everything)
  #events = $state.raw<readonly AuditEventView[]>([])
  #total = $state(0)
  #readers = $state.raw<readonly string[]>([])
  #isLoaded = $state(false)
  /** Answers to an older question than the last are thrown away. */
  #question = 0
  #isFetching = false

  constructor(client: Client) {
    this.#client = client
  }

  /** null: not verified yet. */
  get verification(): AuditVerification | null {
    return this.#verification
  }

  /** A broken trail, which is said on every screen; else null. A noted hash may be mistyped, so it does not count. */
  get warning(): AuditVerification | null {
    return this.#verification?.problems.some(({ kind }) => kind !== 'head') === true
      ? this.#verification
      : null
  }

  /** Nothing else is wrong than that this machine saw a newer state: a backup that was put back looks so. */
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

  /** Newest first, as far as they were fetched. */
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

  /** What the application found when the workspace was opened; null while it still looks. */
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

  /** Goes on from an older copy that is meant. */
  async accept(reason: string): Promise<void> {
    this.show(await this.#client['audit.accept']({ reason }))
  }

  /** Narrows the list and fetches it anew. */
  async narrow(change: Partial<AuditFilter>): Promise<void> {
    this.#filter = { ...this.#filter, ...change }
    await this.load()
  }

  clearFilter(): Promise<void> {
    return this.narrow(everything)
  }

  /** The newest page. */
  async load(): Promise<void> {
    const question = ++this.#question
    const page = await this.#client['audit.list']({ filter: asked(this.#filter), limit: pageSize })
    if (question !== this.#question) return
    this.#events = page.events
    this.#total = page.total
    this.#readers = page.readers
    this.#isLoaded = true
  }

  /** The newest page; and where the last verification was of an older state, one of what is there now. */
  async refresh(): Promise<void> {
    await this.load()
    const newest = await this.#newestHash()
    const isOld = this.#verification !== null && newest !== this.#verification.head
    if (isOld && newest !== undefined && !this.#isVerifying) await this.verify(null)
  }

  /** Of the whole trail, also where the list is narrowed. */
  async #newestHash(): Promise<string | undefined> {
    if (!this.isFiltered) return this.#events[0]?.hash
    const { events } = await this.#client['audit.list']({ filter: asked(everything), limit: 1 })
    return events[0]?.hash
  }

  /** The next older page, if there is one. */
  async loadMore(): Promise<void> {
    const last = this.#events.at(-1)
    if (last === undefined || this.#isFetching || this.#events.length >= this.#total) return
    const question = this.#question
    this.#isFetching = true
    try {
      const filter = asked(this.#filter)
      const page = await this.#client['audit.list']({ filter, olderThan: last.id, limit: pageSize })
      if (question === this.#question) this.#events = [...this.#events, ...page.events]
    } finally {
      this.#isFetching = false
    }
  }

  /** Writes the trail into a file and answers how many events it holds. */
  async export(path: string): Promise<number> {
    return (await this.#client['audit.export']({ path })).events
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

function asked({
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

/** A day of the reader's calendar, its first or last moment, in UTC. */
function moment(day: string, timeOfDay: string): string | null {
  const at = new Date(day + timeOfDay)
  return day === '' || Number.isNaN(at.getTime()) ? null : at.toISOString()
}
