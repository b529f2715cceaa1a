import type { AuditEventView } from '../../../electron/contract/index.ts'

/** A row of the table: an event, or all events of one step of a reader or of one import. */
export interface EventRow {
  /** Newest first, at least one. */
  events: readonly AuditEventView[]
  /** `inside`: an event of the group above. */
  kind: 'event' | 'group' | 'inside'
  /** Of a group: whether its events are the next rows. */
  isOpen: boolean
  /** Of a group: whether older events of it may not be fetched yet. */
  isUnfinished: boolean
}

/** The row's identity: the newest event of a group stays its newest when older ones are fetched. */
export const keyOf = ({ events, kind }: EventRow): string => `${kind} ${String(events[0]?.id)}`

/**
 * The rows of the table, with every group closed. What was done to many images at once is one row, unless one of its
 * events does not match the chain: that must be seen.
 * @param events newest first, as far as they are fetched
 * @param broken events that do not match the chain
 * @param areAll whether no older events are left to fetch
 */
export function rowsOf(
  events: readonly AuditEventView[],
  { broken, areAll }: { broken: ReadonlySet<number>; areAll: boolean },
): EventRow[] {
  const groups: AuditEventView[][] = []
  let last: string | null = null
  for (const event of events) {
    const action = actionOf(event)
    const newer = groups.at(-1)?.at(-1)
    // A filter may hide the event that ends an import, and what is between two.
    const isNext = action?.hasNumber === true || newer?.id === event.id + 1
    if (action !== null && action.name === last && isNext) groups.at(-1)?.push(event)
    else groups.push([event])
    last = action?.name ?? null
  }
  return groups.flatMap((group, index): EventRow[] => {
    if (group.length === 1 || group.some(({ id }) => broken.has(id)))
      return group.map((event) => rowOf(event, 'event'))
    const isUnfinished = !areAll && index === groups.length - 1
    return [{ events: group, kind: 'group', isOpen: false, isUnfinished }]
  })
}

/**
 * The same rows, with the events of each open group below it.
 * @param open newest events of the groups that are open
 */
export const withOpen = (rows: readonly EventRow[], open: ReadonlySet<number>): EventRow[] =>
  rows.flatMap((row) =>
    row.kind === 'group' && open.has(row.events[0]?.id ?? 0)
      ? [{ ...row, isOpen: true }, ...row.events.map((event) => rowOf(event, 'inside'))]
      : row,
  )

const rowOf = (event: AuditEventView, kind: 'event' | 'inside'): EventRow => ({
  events: [event],
  kind,
  isOpen: false,
  isUnfinished: false,
})

interface Action {
  name: string
  /** Whether the trail numbers it. If not, neighbours with the same name are one only without an event between them. */
  hasNumber: boolean
}

/** Neighbouring events with the same one are of one step or of one import; null: of none. */
function actionOf({ kind, reader, object, after, step }: AuditEventView): Action | null {
  if (object.type !== 'image') return null
  const by = `${reader ?? ''} ${object.type}`
  if (step !== undefined)
    return { name: `step ${step} ${kind === 'override' ? 'label' : kind} ${by}`, hasNumber: true }
  const said = after !== null && typeof after === 'object' ? (after as Record<string, unknown>) : {}
  const received = said['received']
  if (received !== null && typeof received === 'object') {
    const number = String((received as Record<string, unknown>)['import'])
    return { name: `received ${number} ${by}`, hasNumber: true }
  }
  // An import ends with an event of its job.
  if (kind === 'import' || said['source'] !== undefined) return { name: `import ${by}`, hasNumber: false }
  return kind === 'relink' ? { name: `relink ${by}`, hasNumber: false } : null
}
