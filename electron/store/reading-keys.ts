import { canonicalJson } from '../base/canonical-json.ts'
import { plainName } from '../base/plain-name.ts'
import { sha256 } from '../base/sha256.ts'
import { plainReader, type LabelEntryView, type LabelSource } from '../contract/index.ts'

/** What a label event says, with nothing that differs between workspaces. */
export const labelContent = (label: {
  kind: LabelEntryView['kind']
  className: string | null
  reader: string
  isUnsure: boolean | number
  isBlind: boolean | number
  source: LabelSource
  table: string | null
  comment: string | null
}): unknown => [
  label.kind,
  plainClass(label.className),
  plainReader(label.reader),
  Number(label.isUnsure),
  Number(label.isBlind),
  label.source,
  label.table,
  label.comment,
]

export const commentContent = (entry: { reader: string; comment: string | null }): unknown => [
  plainReader(entry.reader),
  entry.comment,
]

/** What a change does to regions, whatever their order. */
export const changeContent = (
  reader: string,
  entries: readonly {
    uuid: string
    geometryText: string | null
    className: string | null
    name: string | null
    comment: string | null
  }[],
): unknown => [
  plainReader(reader),
  entries
    .map(({ uuid, geometryText, className, name, comment }) => [
      uuid,
      geometryText === null ? null : sha256(canonicalJson(JSON.parse(geometryText))),
      plainClass(className),
      name,
      comment,
    ])
    .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
]

const plainClass = (className: string | null): string | null =>
  className === null ? null : plainName(className)

type Exchanged = 'label' | 'comment' | 'regions'

/**
 * What an entry is called in every workspace that has it: the hash of what it is on (an image, or a label), its place in
 * time and its content. Places on one image differ, so that no two entries of a workspace have the same key.
 */
export const entryKey = (what: Exchanged, on: string, placeMs: number, content: unknown): string =>
  sha256(canonicalJson([what, on, placeMs, content]))

/** An undo or redo is what it undoes: two workspaces that undo the same entry make the same one. */
export const undoKey = (what: Exchanged, undone: string): string =>
  sha256(canonicalJson(['undo', what, undone]))
