import type { AuditProblem } from '../../contract/index.ts'
import {
  holdsPinnedLabels,
  holdsPinnedSources,
  readAuditedRows,
  readLabelRecords,
  type AuditBounds,
  type AuditPin,
  type HashedEvent,
  type LabelRecord,
  type LabelSourcesPin,
  type Readable,
} from '../../store/index.ts'

const labelsPerBatch = 5000
const labelKinds: readonly string[] = ['label', 'override', 'undo', 'adjudication']

interface LabelEvent {
  id: number
  imageId: unknown
  reader: string | null
  at: string
  after: Record<string, unknown>
}

/** The table rows that the events describe, collected while the chain is verified. */
export class DescribedRows {
  readonly #labels = new Map<number, LabelEvent>()
  /** Event number by table and row. */
  readonly #rows = new Map<string, { eventId: number; modelId: unknown; value: unknown }>()
  /** The newest pin of sources that a migration set. */
  #sources: { eventId: number; pin: LabelSourcesPin } | null = null

  add({ id, at, kind, reader, object, after: afterText }: HashedEvent): void {
    if (kind === 'migration') this.#pinSources(id, record(afterText))
    const isLabel = labelKinds.includes(kind)
    if (!isLabel && !['training', 'model', 'operating-point', 'promotion'].includes(kind)) return
    const after = record(afterText)
    const objectId = record(object)['id']
    if (isLabel) {
      const label = after['label']
      if (typeof label === 'number') this.#labels.set(label, { id, imageId: objectId, reader, at, after })
    } else if (kind === 'training' || kind === 'model') {
      this.#rows.set(`model ${String(objectId)}`, {
        eventId: id,
        modelId: objectId,
        value: after['accuracy'],
      })
    } else if (kind === 'operating-point') {
      const point = { eventId: id, modelId: objectId, value: after['threshold'] }
      this.#rows.set(`operating point ${String(after['operatingPoint'])}`, point)
    } else {
      this.#rows.set(`promotion ${String(after['promotion'])}`, { eventId: id, modelId: objectId, value: 0 })
    }
  }

  /** Compares the labels in batches; `pause` runs between them, so that other work gets its turn. */
  async compareLabels(
    database: Readable,
    pin: AuditPin,
    { lastLabelId: lastId }: AuditBounds,
    pause: () => Promise<void>,
  ): Promise<AuditProblem[]> {
    const problems: AuditProblem[] = []
    if (!holdsPinnedLabels(database, pin)) {
      const message = `The labels from before the audit trail began (entries 1 to ${pin.lastLabelId}) have changed since.`
      problems.push({ kind: 'labels', eventId: 1, message })
    }
    if (!holdsPinnedSources(database, this.#sources?.pin ?? null, pin)) {
      const message =
        'The sources of labels from before the format of the workspace had sources have changed since.'
      problems.push({ kind: 'labels', eventId: this.#sources?.eventId ?? 1, message })
    }
    const lastPinnedSource = this.#sources?.pin.lastLabelId ?? 0
    for (let afterId = pin.lastLabelId; ;) {
      const records = readLabelRecords(database, { afterId, lastId, limit: labelsPerBatch })
      for (const label of records) {
        const event = this.#labels.get(label.id)
        this.#labels.delete(label.id)
        const problem = compareLabel(label, event, label.id <= lastPinnedSource)
        if (problem !== null) problems.push(problem)
      }
      const last = records.at(-1)
      if (last === undefined) break
      afterId = last.id
      await pause()
    }
    for (const [label, { id }] of this.#labels) {
      const message = `Event ${id} describes label entry ${label}, which no longer exists.`
      problems.push({ kind: 'labels', eventId: id, message })
    }
    return problems
  }

  #pinSources(eventId: number, { lastLabelId, labelSourcesSha256 }: Record<string, unknown>): void {
    if (typeof lastLabelId === 'number' && typeof labelSourcesSha256 === 'string')
      this.#sources = { eventId, pin: { lastLabelId, labelSourcesSha256 } }
  }

  compareModels(database: Readable, pin: AuditPin, bounds: AuditBounds): AuditProblem[] {
    const problems: AuditProblem[] = []
    const report = (eventId: number | null, message: string): void =>
      void problems.push({ kind: 'models', eventId, message })
    for (const { table, id, modelId, value } of readAuditedRows(database, pin, bounds)) {
      const event = this.#rows.get(`${table} ${id}`)
      this.#rows.delete(`${table} ${id}`)
      if (event === undefined) report(null, `The ${table} ${id} has no event: it was not written by Lobule.`)
      else if (event.modelId !== modelId || event.value !== value)
        report(event.eventId, `The ${table} ${id} differs from event ${event.eventId}.`)
    }
    for (const [row, { eventId }] of this.#rows)
      report(eventId, `Event ${eventId} describes the ${row}, which no longer exists.`)
    return problems
  }
}

/** @param hasPinnedSource whether a migration set the source of the entry, which its own event cannot tell */
function compareLabel(
  label: LabelRecord,
  event: LabelEvent | undefined,
  hasPinnedSource: boolean,
): AuditProblem | null {
  const entry = `label entry ${label.id} of image ${label.imageId}`
  if (event === undefined) {
    const message = `The ${entry} has no event: it was not written by Lobule.`
    return { kind: 'labels', eventId: null, message }
  }
  const { after } = event
  const isSame =
    event.imageId === label.imageId &&
    event.reader === label.reader &&
    event.at === label.at &&
    after['sha256'] === label.sha256 &&
    after['class'] === label.className &&
    after['comment'] === label.comment &&
    (after['undoes'] ?? null) === label.undoes &&
    (after['unsure'] === true) === (label.isUnsure === 1) &&
    (after['blind'] === true) === (label.isBlind === 1) &&
    (hasPinnedSource || isSameSource(label, after))
  if (isSame) return null
  return { kind: 'labels', eventId: event.id, message: `The ${entry} differs from event ${event.id}.` }
}

/** The event of a label that is no reader's names its source; `import` marks a reader's label from a table. */
function isSameSource({ source, tableName }: LabelRecord, after: Record<string, unknown>): boolean {
  const told = after['source']
  return (
    (told === undefined || told === 'import' ? 'reader' : told) === source &&
    (after['table'] ?? null) === tableName
  )
}

function record(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
