import type { Sliced } from '../../base/slices.ts'
import type { LabelSource } from '../../contract/index.ts'
import { currentClassNames, renamedOrNull } from '../class-names.ts'
import type { Readable } from '../database.ts'
import { prepared, preparedRaw } from './prepared.ts'
import { rowsInSlices, rowsOfSlice } from './rows-in-slices.ts'
import { undoneEntries } from './undo-chains.ts'

/** A label event with what a reader study compares, undone or not. */
export interface StudyEntry {
  imageId: number
  caseName: string | null
  /** null: no reader's, or made in another workspace, whose suggestions and times are not here. */
  reader: string | null
  at: string
  isAdjudication: boolean
  /** It undoes or redoes another event. */
  isUndo: boolean
  /** It was undone, and not redone. */
  isUndone: boolean
  className: string | null
  isUnsure: boolean
  isBlind: boolean
  /** Label events of the same step. 0: not known, as in workspaces before format 14. */
  together: number
  /**
   * The suggestion that was there when it was given, by its event: a model may have been removed before or since. Without an
   * event, as in workspaces before the trail, the newest one from before it. null: there was none.
   */
  suggested: string | null
}

interface Row {
  id: number
  undoes: number | null
  imageId: number
  caseName: string | null
  reader: string
  source: LabelSource
  at: string
  kind: 'reading' | 'adjudication'
  className: string | null
  isUnsure: number
  isBlind: number
  actionId: number | null
  importId: number | null
  /** JSON */
  suggested: string
}

/** Every label event of the images that were not removed, in the order of the trail, in slices. */
export function* listStudyEntries(database: Readable): Sliced<StudyEntry[]> {
  const sizes = new Map(
    preparedRaw<[], [number, number]>(
      database,
      'SELECT action_id, count(label_id) FROM reader_action_entries GROUP BY action_id',
    ).all(),
  )
  yield
  const next = prepared<[number, number], Row>(
    database,
    `SELECT l.id, l.undoes, l.image_id AS imageId, k.name AS caseName, r.name AS reader, l.source, l.at, l.kind,
       c.name AS className, l.is_unsure AS isUnsure, l.is_blind AS isBlind, e.action_id AS actionId, l.import_id AS importId,
       coalesce(
         (SELECT a.after_json -> '$.suggested' FROM audit_events a WHERE a.image_id = l.image_id
            AND a.after_json ->> '$.label' = l.id AND a.after_json -> '$.suggested' IS NOT NULL LIMIT 1),
         json_quote((SELECT suggested FROM verdicts v WHERE v.image_id = l.image_id AND v.at <= l.at
            ORDER BY v.id DESC LIMIT 1))) AS suggested
     FROM labels l JOIN readers r ON r.id = l.reader_id JOIN images i ON i.id = l.image_id
       LEFT JOIN classes c ON c.id = l.class_id LEFT JOIN cases k ON k.id = i.case_id
       LEFT JOIN reader_action_entries e ON e.label_id = l.id
     WHERE l.id > ? AND l.is_comment IS NULL AND i.removed_at IS NULL ORDER BY l.id LIMIT ?`,
  )
  const rows: Row[] = []
  yield* rowsInSlices(
    (after) => next.all(after, rowsOfSlice),
    (row) => rows.push(row),
  )
  const rename = currentClassNames(database)
  const undone = undoneEntries(rows.map(({ id, undoes }) => [id, undoes]))
  yield
  return rows.map((row) => ({
    imageId: row.imageId,
    caseName: row.caseName,
    reader: row.source === 'reader' && row.importId === null ? row.reader : null,
    at: row.at,
    isAdjudication: row.kind === 'adjudication',
    isUndo: row.undoes !== null,
    isUndone: undone.has(row.id),
    className: row.className,
    isUnsure: row.isUnsure === 1,
    isBlind: row.isBlind === 1,
    together: row.actionId === null ? 0 : (sizes.get(row.actionId) ?? 0),
    suggested: renamedOrNull(JSON.parse(row.suggested) as string | null, rename),
  }))
}
