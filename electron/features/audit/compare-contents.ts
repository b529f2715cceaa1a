import type { AuditProblem } from '../../contract/index.ts'
import {
  auditedTableNames,
  countPinnedRows,
  hashRows,
  hasRegionWithoutEntry,
  listReaders,
  listRowKeys,
  readPinnedRows,
  readReaderName,
  rowPin,
  titleOf,
  type AuditedTableName,
  type Readable,
} from '../../store/index.ts'
import { asRecord, type DescribedEvent } from './described-event.ts'

const keysPerBatch = 500

interface Said {
  eventId: number
  /** null: the rows were removed. */
  sha256: unknown
}

const isNumber = (value: unknown): boolean => typeof value === 'number'

/** Compares the rows of every table with the hashes that the newest event of each holds (store/audited-tables.ts). */
export class RowComparison {
  readonly #database: Readable
  readonly #said = new Map<string, Map<string, Said>>(auditedTableNames.map((name) => [name, new Map()]))
  /** Readers that an event names as the author of a label, region or setting, or as added, with that event. */
  readonly #readers = new Map<string, number>()
  readonly #problems: AuditProblem[] = []
  #pinned = 0

  constructor(database: Readable) {
    this.#database = database
  }

  /** Whether everything must have an event: earlier versions recorded no hashes. */
  get hasPin(): boolean {
    return this.#pinned > 0
  }

  add(event: DescribedEvent): void {
    const { id, kind, reader, object, after } = event
    const isAuthor = ['label', 'change', 'setting'].some((made) => isNumber(after[made]))
    if (reader !== null && isAuthor && !this.#readers.has(reader)) this.#readers.set(reader, id)
    if (kind === 'reader' && after['added'] === true) this.#readers.set(String(object['name']), id)
    if ('pinned' in after) this.#addPin(event)
    for (const [name, hashes] of Object.entries(asRecord(after['rows'])))
      for (const [key, sha256] of Object.entries(asRecord(hashes)))
        this.#said.get(name)?.set(key, { eventId: id, sha256 })
  }

  #addPin({ id, after }: DescribedEvent): void {
    const pinned = readPinnedRows(this.#database, id)
    const { rows, sha256 } = rowPin(pinned)
    this.#pinned += pinned.length
    const said = asRecord(after['pinned'])
    if (said['rows'] !== rows || said['sha256'] !== sha256)
      this.#report(id, `The hashes that event ${id} pinned were changed.`)
    for (const row of pinned) this.#said.get(row.name)?.set(row.key, { eventId: id, sha256: row.sha256 })
  }

  /**
   * @param pause runs between batches, so that other work gets its turn
   * @param catchUp adds the events that other work has appended since
   */
  async compare(pause: () => Promise<void>, catchUp: () => void): Promise<AuditProblem[]> {
    const suspects: [AuditedTableName, string][] = []
    let compared = 0
    for (const name of auditedTableNames) {
      const keys = new Set([...listRowKeys(this.#database, name), ...(this.#said.get(name)?.keys() ?? [])])
      for (const key of keys) {
        if (this.#problemOf(name, key) !== null) suspects.push([name, key])
        if (++compared % keysPerBatch === 0) await pause()
      }
    }
    // What was written in the meantime differs from the events that were read before.
    catchUp()
    for (const [name, key] of suspects) {
      const problem = this.#problemOf(name, key)
      if (problem !== null) this.#report(problem.eventId, problem.message)
    }
    if (countPinnedRows(this.#database) !== this.#pinned)
      this.#report(null, 'There are pinned hashes that no event holds: they were not written by Lobule.')
    // A region itself, its image and its UUID, is in the hash of each of its entries.
    if (hasRegionWithoutEntry(this.#database))
      this.#report(null, 'One of the regions has no entry: it was not written by Lobule.')
    const names = new Set(listReaders(this.#database).map(({ name }) => name))
    for (const [name, eventId] of this.#readers)
      if (!names.has(name)) this.#report(eventId, `The reader of event ${eventId} no longer exists.`)
    return this.#problems
  }

  #problemOf(name: AuditedTableName, key: string): Omit<AuditProblem, 'kind'> | null {
    const found = hashRows(this.#database, name, key)
    const said = this.#said.get(name)?.get(key)
    const title = titleOf(name, key)
    if (said === undefined) {
      if (found === null || !this.hasPin || this.#isNamedReader(name, key)) return null
      return { eventId: null, message: `The ${title} has no event: it was not written by Lobule.` }
    }
    const { eventId, sha256 } = said
    if (found === sha256) return null
    const isGone = found === null
    const message = isGone
      ? `Event ${eventId} describes the ${title}, which no longer exists.`
      : `The ${title} differs from event ${eventId}.`
    return { eventId, message }
  }

  #isNamedReader(name: AuditedTableName, key: string): boolean {
    const reader = name === 'readers' ? readReaderName(this.#database, Number(key)) : null
    return reader !== null && this.#readers.has(reader)
  }

  #report(eventId: number | null, message: string): void {
    this.#problems.push({ kind: 'rows', eventId, message })
  }
}
