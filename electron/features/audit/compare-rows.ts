import type { AuditProblem } from '../../contract/index.ts'
import {
  auditBounds,
  readEvents,
  type AuditBounds,
  type AuditPin,
  type HashedEvent,
  type Readable,
} from '../../store/index.ts'
import { RowComparison } from './compare-contents.ts'
import { JobComparison } from './compare-jobs.ts'
import { LabelComparison } from './compare-labels.ts'
import { ModelComparison } from './compare-models.ts'
import { describedEvent } from './described-event.ts'

const eventsPerBatch = 2000

/** What the events hold about the tables, collected while the chain is verified, and the comparison with them. */
export class DescribedRows {
  readonly #database: Readable
  readonly #labels = new LabelComparison()
  readonly #models = new ModelComparison()
  readonly #jobs: JobComparison
  readonly #rows: RowComparison
  #lastId = 0

  constructor(database: Readable) {
    this.#database = database
    this.#jobs = new JobComparison(database)
    this.#rows = new RowComparison(database)
  }

  add(event: HashedEvent): void {
    const described = describedEvent(event)
    this.#labels.add(described)
    this.#models.add(described)
    this.#jobs.add(described)
    this.#rows.add(described)
    this.#lastId = event.id
  }

  /** Compares in batches; `pause` runs between them, so that other work gets its turn. */
  async compare(pin: AuditPin, bounds: AuditBounds, pause: () => Promise<void>): Promise<AuditProblem[]> {
    const catchUp = (): void => this.#catchUp()
    const labels = await this.#labels.compare(this.#database, pin, bounds, pause)
    const rows = await this.#rows.compare(pause, catchUp)
    const jobs = await this.#jobs.compare(this.#rows.hasPin, pause, catchUp)
    const models = this.#models.compare(this.#database, pin, auditBounds(this.#database))
    return [...labels, ...models, ...rows, ...jobs]
  }

  /** Adds the events that were appended since the chain was read: the tables are compared as they are now. */
  #catchUp(): void {
    for (let read = eventsPerBatch; read === eventsPerBatch;) {
      const events = readEvents(this.#database, this.#lastId, eventsPerBatch)
      for (const event of events) this.add(event)
      read = events.length
    }
  }
}
