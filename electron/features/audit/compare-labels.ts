import type { AuditProblem } from '../../contract/index.ts'
import {
  holdsPinnedLabels,
  holdsPinnedSources,
  readLabelRecords,
  type AuditBounds,
  type AuditPin,
  type LabelRecord,
  type LabelSourcesPin,
  type Readable,
} from '../../store/index.ts'
import { asRecord, type DescribedEvent } from './described-event.ts'

const labelsPerBatch = 5000

/** What the event of a label holds for each column of its entry; a new column without a line below does not compile. */
type SaidOfLabel = Record<'eventId' | Exclude<keyof LabelRecord, 'id' | 'undoneKind'>, unknown>

/** One flat object for each label, since there may be a hundred thousand. Values are whatever the event holds. */
const saidOf = (
  { id, at, kind, reader, object, after }: DescribedEvent,
  firstNames: ReadonlyMap<unknown, unknown>,
): SaidOfLabel => ({
  eventId: id,
  imageId: object['id'],
  sha256: after['sha256'],
  className: firstNames.get(after['class']) ?? after['class'],
  reader,
  // The event of a label from another workspace is of the time when it came.
  at: after['received'] === undefined ? at : asRecord(after['received'])['at'],
  comment: after['comment'],
  undoes: after['undoes'] ?? null,
  kind: after['alone'] === true ? 'comment' : kind === 'adjudication' ? 'adjudication' : 'reading',
  isUnsure: after['unsure'] === true ? 1 : 0,
  isBlind: after['blind'] === true ? 1 : 0,
  // The event of a label that is no reader's names its source; `import` marks a reader's label from a table.
  source: after['source'] === undefined || after['source'] === 'import' ? 'reader' : after['source'],
  tableName: after['table'] ?? null,
  importId: asRecord(after['received'])['import'] ?? null,
  orderMs: asRecord(after['received'])['orderMs'] ?? null,
})

/** @param hasPinnedSource whether a migration set the source of the entry, which its own event cannot tell */
function isSame(label: LabelRecord, said: SaidOfLabel, hasPinnedSource: boolean): boolean {
  return (
    said.imageId === label.imageId &&
    said.sha256 === label.sha256 &&
    said.className === label.className &&
    said.reader === label.reader &&
    said.at === label.at &&
    said.comment === label.comment &&
    said.undoes === label.undoes &&
    // An undo is what it undoes, whose own event says what that is.
    (label.undoneKind ?? said.kind) === label.kind &&
    said.isUnsure === label.isUnsure &&
    said.isBlind === label.isBlind &&
    said.importId === label.importId &&
    said.orderMs === label.orderMs &&
    (hasPinnedSource || (said.source === label.source && said.tableName === label.tableName))
  )
}

/** Compares each entry of the table of labels with its event. */
export class LabelComparison {
  readonly #events = new Map<number, SaidOfLabel>()

  /** The first name of each class that was renamed, by the names that it had until this event. */
  readonly #firstNames = new Map<unknown, unknown>()

  /** The newest pin of sources that a migration set. */
  #sources: { eventId: number; pin: LabelSourcesPin } | null = null

  add(event: DescribedEvent): void {
    if (event.kind === 'migration') this.#pinSources(event)
    if (event.kind === 'classes') this.#rename(event)
    // Whatever its kind: each entry has one event, which names it.
    const label = event.after['label']
    if (typeof label === 'number') this.#events.set(label, saidOf(event, this.#firstNames))
  }

  #rename({ after }: DescribedEvent): void {
    if (typeof after['firstName'] === 'string') this.#firstNames.set(after['name'], after['firstName'])
    // A scheme that no label used was replaced, with all its names.
    if (asRecord(after['rows'])['former_class_names'] !== undefined && after['classes'] !== undefined)
      this.#firstNames.clear()
  }

  #pinSources({ id, after: { lastLabelId, labelSourcesSha256 } }: DescribedEvent): void {
    if (typeof lastLabelId === 'number' && typeof labelSourcesSha256 === 'string')
      this.#sources = { eventId: id, pin: { lastLabelId, labelSourcesSha256 } }
  }

  /** Compares in batches; `pause` runs between them, so that other work gets its turn. */
  async compare(
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
        const event = this.#events.get(label.id)
        this.#events.delete(label.id)
        const problem = compareLabel(label, event, label.id <= lastPinnedSource)
        if (problem !== null) problems.push(problem)
      }
      const last = records.at(-1)
      if (last === undefined) break
      afterId = last.id
      await pause()
    }
    for (const [label, { eventId }] of this.#events) {
      const message = `Event ${String(eventId)} describes label entry ${label}, which no longer exists.`
      problems.push({ kind: 'labels', eventId: Number(eventId), message })
    }
    return problems
  }
}

function compareLabel(
  label: LabelRecord,
  said: SaidOfLabel | undefined,
  hasPinnedSource: boolean,
): AuditProblem | null {
  const entry = `label entry ${label.id} of image ${label.imageId}`
  if (said === undefined) {
    const message = `The ${entry} has no event: it was not written by Lobule.`
    return { kind: 'labels', eventId: null, message }
  }
  if (isSame(label, said, hasPinnedSource)) return null
  const eventId = Number(said.eventId)
  return { kind: 'labels', eventId, message: `The ${entry} differs from event ${eventId}.` }
}
