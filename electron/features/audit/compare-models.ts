import { canonicalJson } from '../../base/canonical-json.ts'
import type { AuditProblem } from '../../contract/index.ts'
import { readAuditedRows, type AuditBounds, type AuditPin, type Readable } from '../../store/index.ts'
import type { DescribedEvent } from './described-event.ts'

/** What an event holds about a row, by the name of the fact. */
interface SaidOfRow {
  eventId: number
  facts: Readonly<Record<string, unknown>>
}

/**
 * Compares models, operating points and promotions with what their events say in words, also those of earlier versions,
 * which hold no hashes of rows.
 */
export class ModelComparison {
  /** By table and row. */
  readonly #said = new Map<string, SaidOfRow>()

  add({ id, kind, object, after, reason }: DescribedEvent): void {
    const model = object['id']
    if (kind === 'training' || kind === 'model') {
      this.#said.set(`model ${String(model)}`, { eventId: id, facts: { ...after, name: object['name'] } })
    } else if (kind === 'model-change') {
      const row = `model ${String(model)}`
      this.#said.set(row, { eventId: id, facts: { ...this.#said.get(row)?.facts, name: object['name'] } })
    } else if (kind === 'operating-point') {
      const facts = { model, threshold: after['threshold'] }
      this.#said.set(`operating point ${String(after['operatingPoint'])}`, { eventId: id, facts })
    } else if (kind === 'promotion' || kind === 'rollback') {
      const row = `promotion ${String(after['promotion'])}`
      const facts =
        kind === 'promotion'
          ? { model, reason, withdrawn: false }
          : { ...this.#said.get(row)?.facts, withdrawn: true, withdrawnReason: reason }
      this.#said.set(row, { eventId: id, facts })
    }
  }

  compare(database: Readable, pin: AuditPin, bounds: AuditBounds): AuditProblem[] {
    const problems: AuditProblem[] = []
    const report = (eventId: number | null, message: string): void =>
      void problems.push({ kind: 'models', eventId, message })
    for (const { table, id, isPinned, facts } of readAuditedRows(database, pin, bounds)) {
      const row = `${table} ${id}`
      const said = this.#said.get(row)
      this.#said.delete(row)
      if (said === undefined) {
        if (!isPinned) report(null, `The ${row} has no event: it was not written by Lobule.`)
        continue
      }
      const other = Object.entries(facts).filter(
        ([name, value]) => name in said.facts && canonicalJson(said.facts[name]) !== canonicalJson(value),
      )
      if (other.length > 0) {
        const names = other.map(([name]) => name).join(', ')
        report(said.eventId, `The ${row} differs from event ${said.eventId} (${names}).`)
      }
    }
    for (const [row, { eventId }] of this.#said)
      report(eventId, `Event ${eventId} describes the ${row}, which no longer exists.`)
    return problems
  }
}
