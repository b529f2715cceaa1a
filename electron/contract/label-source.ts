import { z } from 'zod'

/**
 * Where a label comes from. Only `reader` is a reader's; the others never count as one (docs/readers.md).
 * `folder`: the name of a folder; `table`: a row of a table that names no reader; `synthetic`: Lobule drew the tissue.
 */
export const labelSources = ['reader', 'folder', 'table', 'synthetic'] as const
export type LabelSource = (typeof labelSources)[number]

/** Whose label it is, or where it comes from. */
export const labelOriginSchema = {
  /** null: it is no reader's. */
  reader: z.string().nullable(),
  source: z.enum(labelSources),
  /** Name of the table that it was read from; null: from no table. A table may name the reader, too. */
  table: z.string().nullable(),
}
export interface LabelOrigin {
  reader: string | null
  source: LabelSource
  table: string | null
}

/** The reader of a label, or in words where it comes from. Never the name of the reader who imported it. */
export function originOf({ reader, source, table }: LabelOrigin): string {
  switch (source) {
    case 'folder':
      return 'Folder name'
    case 'table':
      return table === null ? 'Table' : `Table ${table}`
    case 'synthetic':
      return 'Synthetic'
    case 'reader':
      return reader ?? ''
  }
}
