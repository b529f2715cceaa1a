import { zip } from '../../base/arrays.ts'
import {
  appendEvent,
  chainOf,
  fileNameOf,
  findRegions,
  getImage,
  insertComment,
  insertRegionChange,
  insertRegions,
  listRegionEntries,
  type NewRegionEntry,
  type Writable,
} from '../../store/index.ts'
import { receivedOf, recordLabel } from '../labels/record-label.ts'
import { auditSummary, deletedEntry } from '../regions/change-regions.ts'
import { statesWithout } from '../regions/current-regions.ts'
import type { FileEntry } from './read-readings-file.ts'

/** The rows of this workspace, by the keys of their entries. */
export type ReceivedIds = Record<FileEntry['type'], Map<string, number>>

interface Target {
  imageId: number
  importId: number
  /** As this workspace spells the name. */
  reader: string
  /** The classes of the scheme, by the spelling of the file. */
  classes: ReadonlyMap<string, string>
  received: ReceivedIds
}

/**
 * Records an entry of another workspace as it is, with its time and its place there, and an event of now. It is no step that
 * a reader here can undo. Returns its row.
 */
export function recordReceived(database: Writable, entry: FileEntry, target: Target): number {
  if (entry.type === 'label') return recordReceivedLabel(database, entry, target)
  return entry.type === 'comment'
    ? recordReceivedComment(database, entry, target)
    : recordReceivedRegions(database, entry, target)
}

const undoesOf = (entry: FileEntry, { received }: Target): number | null =>
  entry.undoes === null ? null : requireRow(received[entry.type].get(entry.undoes))

function requireRow(row: number | undefined): number {
  if (row === undefined) throw new Error('an entry of a checked file refers to none')
  return row
}

const classOf = (className: string | null, { classes }: Target): string | null =>
  className === null ? null : (classes.get(className) ?? null)

/** An even number of undoes leaves what the first entry says in effect. */
const isRedo = ({ depth }: FileEntry): boolean => depth % 2 === 0

const recordReceivedLabel = (
  database: Writable,
  entry: FileEntry & { type: 'label' },
  target: Target,
): number =>
  recordLabel(database, {
    imageId: target.imageId,
    className: classOf(entry.className, target),
    reader: target.reader,
    comment: entry.comment,
    isUnsure: entry.isUnsure,
    isBlind: entry.isBlind,
    source: entry.source,
    table: entry.table,
    undoes: undoesOf(entry, target),
    isRedo: isRedo(entry),
    as: entry.kind === 'reading' ? 'import' : entry.kind,
    received: { importId: target.importId, orderMs: entry.orderMs, at: entry.at },
  })

function recordReceivedComment(
  database: Writable,
  entry: FileEntry & { type: 'comment' },
  target: Target,
): number {
  const { imageId, importId, reader } = target
  const { comment, at, orderMs } = entry
  const labelId = requireRow(target.received.label.get(entry.label))
  const undoes = undoesOf(entry, target)
  const id = insertComment(database, {
    ...{ labelId, reader, comment, at, undoes },
    received: { importId, orderMs },
  })
  const { path, sha256 } = getImage(database, imageId, { withRemoved: true })
  appendEvent(database, {
    kind: undoes === null ? 'comment' : isRedo(entry) ? 'redo' : 'undo',
    reader,
    object: { type: 'image', id: imageId, name: fileNameOf(path) },
    after: {
      ...{ comment, commentEntry: id, onLabel: labelId, sha256 },
      ...(undoes === null ? {} : { undoes }),
      received: receivedOf({ importId, orderMs, at }),
    },
    rows: { label_comments: [id] },
  })
  return id
}

/**
 * What a received undo or redo leaves. It is what counts here and not what the file says: where the undo was made other changes
 * may have counted, and its key does not depend on them.
 */
function statesAfter(
  database: Writable,
  imageId: number,
  undoes: number,
  isRedo: boolean,
): readonly NewRegionEntry[] {
  const { root } = chainOf(database, 'region_changes', undoes)
  return statesWithout(listRegionEntries(database, imageId), root).map(({ entry, other }) =>
    isRedo ? entry : (other ?? deletedEntry(entry.regionId)),
  )
}

function recordReceivedRegions(
  database: Writable,
  entry: FileEntry & { type: 'regions' },
  target: Target,
): number {
  const { imageId, importId, reader } = target
  const { at, orderMs } = entry
  const undoes = undoesOf(entry, target)
  const uuids = entry.entries.map(({ uuid }) => uuid)
  const known = findRegions(database, uuids)
  const drawn = uuids.filter((uuid) => !known.has(uuid))
  const ids = new Map([...known].map(([uuid, { id }]) => [uuid, id]))
  for (const [uuid, id] of zip(drawn, insertRegions(database, imageId, drawn))) ids.set(uuid, id)
  const entries =
    undoes === null
      ? entry.entries.map(({ uuid, geometry, className, name, comment }): NewRegionEntry => ({
          regionId: requireRow(ids.get(uuid)),
          geometryText: geometry === null ? null : JSON.stringify(geometry),
          className: classOf(className, target),
          name,
          comment,
        }))
      : statesAfter(database, imageId, undoes, isRedo(entry))
  const received = { importId, orderMs }
  const id = insertRegionChange(database, { imageId, reader, undoes, entries, at, received })
  appendEvent(database, {
    kind: 'region',
    reader,
    object: {
      type: 'image',
      id: imageId,
      name: fileNameOf(getImage(database, imageId, { withRemoved: true }).path),
    },
    after: { change: id, undoes, ...auditSummary(entries), received: receivedOf({ ...received, at }) },
    rows: { region_changes: [id], region_entries: [id] },
  })
  return id
}
