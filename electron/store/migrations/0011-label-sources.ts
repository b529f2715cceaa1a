import { createHash } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import type { Migration } from './migration.ts'

/**
 * Where a label comes from. Until now, labels from folder names and from tables without a reader were booked as those of
 * the reader who imported them. What the trail's events tell is set here; what they do not tell stays the reader's. The
 * events stay as they are, and one event pins what was set.
 * Shipped: never edit; add the next number instead.
 */
export const labelSources: Migration = {
  version: 11,
  sql: `
    DROP TRIGGER labels_no_update;
    -- Name of the table of labels that an entry was read from.
    ALTER TABLE labels ADD COLUMN table_name TEXT;
    -- Whose label it is: the reader's, or no reader's; reader_id is then who imported it.
    ALTER TABLE labels ADD COLUMN source TEXT NOT NULL DEFAULT 'reader'
      CHECK (source IN ('reader', 'folder', 'table', 'synthetic')
        AND (source = 'reader' OR (is_blind = 0 AND undoes IS NULL))
        AND (table_name IS NULL OR source IN ('reader', 'table')));
  `,
  then: (database) => {
    const changed = setSources(database)
    database.exec(`
      CREATE TRIGGER labels_no_update BEFORE UPDATE ON labels
        BEGIN SELECT RAISE (ABORT, 'labels are append-only'); END;`)
    if (changed > 0) appendPin(database)
  },
}

interface ImportInput {
  labels?: unknown
  labelsFile?: unknown
}

interface TrailRow {
  kind: string
  jobId: number | null
  after: string
}

/** Reads the trail and sets the sources of the labels that imports gave. Returns how many entries it changed. */
function setSources(database: Database): number {
  const setFolder = database.prepare(
    `UPDATE labels SET source = (SELECT CASE synthetic WHEN 1 THEN 'synthetic' ELSE 'folder' END
       FROM images WHERE images.id = labels.image_id)
     WHERE id = ? AND undoes IS NULL AND kind = 'reading' AND is_blind = 0`,
  )
  const setTable = database.prepare('UPDATE labels SET table_name = ? WHERE id = ?')
  const trail = database.prepare<[], TrailRow>(
    `SELECT kind, object ->> '$.id' AS jobId, after_json AS after FROM audit_events
     WHERE kind = 'import' OR (kind = 'label' AND after_json ->> '$.source' = 'import') ORDER BY id`,
  )
  // One import runs at a time: what it labels stands between its beginning and its end.
  let input: ImportInput | null = null
  let changed = 0
  for (const { kind, jobId, after: text } of trail.all()) {
    const after = JSON.parse(text) as Record<string, unknown>
    if (kind === 'import') input = after['state'] === 'running' ? inputOf(database, jobId, after) : null
    else if (input !== null && typeof after['label'] === 'number') {
      const table = typeof input.labelsFile === 'string' ? nameOf(input.labelsFile) : null
      // A table may have named the reader who imported it, so that these stay the reader's.
      if (table === null && input.labels === 'folder') changed += setFolder.run(after['label']).changes
      // With both, it is not known which gave the label.
      else if (table !== null && input.labels === 'none')
        changed += setTable.run(table, after['label']).changes
    }
  }
  return changed
}

/** The input of an import; a long one is stored with its job, and the event has its hash. */
function inputOf(
  database: Database,
  jobId: number | null,
  after: Record<string, unknown>,
): ImportInput | null {
  const { input, inputSha256 } = after
  if (typeof input === 'object' && input !== null) return input
  const stored = database
    .prepare<[unknown], { input: string }>('SELECT input FROM jobs WHERE id = ?')
    .get(jobId)
  if (stored === undefined) return null
  const read = JSON.parse(stored.input) as ImportInput | null
  return sha256(canonicalJson(read)) === inputSha256 ? read : null
}

const nameOf = (path: string): string => path.split(/[/\\]/).at(-1) ?? path

/** An event with the hash of the source of every label, as `labelSourcesHash` computes it. */
function appendPin(database: Database): void {
  const head = database
    .prepare<[], { id: number; hash: string }>('SELECT id, hash FROM audit_events ORDER BY id DESC LIMIT 1')
    .get()
  const counts = database
    .prepare<[], { source: string; count: number }>(
      'SELECT source, count(*) AS count FROM labels GROUP BY source ORDER BY source',
    )
    .all()
  const { lastLabelId } = database
    .prepare<[], { lastLabelId: number }>('SELECT coalesce(max(id), 0) AS lastLabelId FROM labels')
    .get() as { lastLabelId: number }
  const event = {
    id: (head?.id ?? 0) + 1,
    at: new Date().toISOString(),
    kind: 'migration',
    reader: null,
    object: canonicalJson({ type: 'workspace', id: null, name: null }),
    before: canonicalJson({ format: 10 }),
    after: canonicalJson({
      format: 11,
      lastLabelId,
      labels: Object.fromEntries(counts.map(({ source, count }) => [source, count])),
      labelSourcesSha256: sourcesHash(database, lastLabelId),
    }),
    reason:
      'Labels that an import took from folder names are no reader’s any more. Their events stay as they are.',
  }
  database
    .prepare(
      `INSERT INTO audit_events (id, at, kind, reader, object, before_json, after_json, reason, hash)
       VALUES (:id, :at, :kind, :reader, :object, :before, :after, :reason, :hash)`,
    )
    .run({ ...event, hash: sha256((head?.hash ?? '0'.repeat(64)) + canonicalJson(canonicalParts(event))) })
}

const canonicalParts = ({
  object,
  before,
  after,
  ...event
}: Record<'object' | 'before' | 'after', string> & object): unknown => ({
  ...event,
  object: JSON.parse(object) as unknown,
  before: JSON.parse(before) as unknown,
  after: JSON.parse(after) as unknown,
})

// Copies of the helpers as they were when this migration shipped.

function sourcesHash(database: Database, lastId: number): string {
  const hash = createHash('sha256')
  const labels = database
    .prepare<[number], [number, string, string | null]>(
      'SELECT id, source, table_name FROM labels WHERE id <= ? ORDER BY id',
    )
    .raw()
    .iterate(lastId)
  for (const label of labels) hash.update(`${canonicalJson(label)}\n`)
  return hash.digest('hex')
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}
