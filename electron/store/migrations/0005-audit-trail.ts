import { createHash } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. */
export const auditTrail: Migration = {
  version: 5,
  sql: `
    -- What happened, append-only and hash-chained (docs/audit.md). object, before_json and after_json are
    -- canonical JSON; hash = sha256(hash of the event before || canonical JSON of this one).
    CREATE TABLE audit_events (
      id INTEGER PRIMARY KEY,
      at TEXT NOT NULL,
      kind TEXT NOT NULL,
      -- null: the program by itself
      reader TEXT,
      object TEXT NOT NULL CHECK (json_valid(object)),
      before_json TEXT NOT NULL CHECK (json_valid(before_json)),
      after_json TEXT NOT NULL CHECK (json_valid(after_json)),
      reason TEXT,
      hash TEXT NOT NULL CHECK (length(hash) = 64),
      image_id INTEGER GENERATED ALWAYS AS
        (CASE object ->> '$.type' WHEN 'image' THEN object ->> '$.id' END) VIRTUAL
    ) STRICT;
    CREATE INDEX audit_events_image ON audit_events (image_id, id) WHERE image_id IS NOT NULL;
    CREATE INDEX audit_events_kind ON audit_events (kind, id);
    CREATE INDEX audit_events_reader ON audit_events (reader, id);
    CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
      BEGIN SELECT RAISE (ABORT, 'the audit trail is append-only'); END;
    CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
      BEGIN SELECT RAISE (ABORT, 'the audit trail is append-only'); END;
    -- Without gaps, and nothing in the place of what is there.
    CREATE TRIGGER audit_events_at_end BEFORE INSERT ON audit_events
      WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM audit_events)
      BEGIN SELECT RAISE (ABORT, 'the audit trail is append-only'); END;
  `,
  then: beginChain,
}

/**
 * The first event, here and nowhere else: a trail without it is one that was removed. What follows is a copy of the
 * helpers as they were when this migration shipped: it must give the same result whatever the program does today.
 */
function beginChain(database: Database): void {
  const event = {
    id: 1,
    at: new Date().toISOString(),
    kind: 'chain',
    reader: null,
    object: canonicalJson({ type: 'workspace', id: null, name: null }),
    before: 'null',
    after: canonicalJson(pinOf(database)),
    reason: 'The audit trail begins here. What was there before it is pinned by its hash.',
  }
  database
    .prepare(
      `INSERT INTO audit_events (id, at, kind, reader, object, before_json, after_json, reason, hash)
       VALUES (:id, :at, :kind, :reader, :object, :before, :after, :reason, :hash)`,
    )
    .run({ ...event, hash: sha256('0'.repeat(64) + canonicalEvent(event)) })
}

interface FirstEvent {
  id: number
  at: string
  kind: string
  reader: null
  object: string
  before: string
  after: string
  reason: string
}

const canonicalEvent = (event: FirstEvent): string =>
  `{"after":${event.after},"at":${JSON.stringify(event.at)},"before":${event.before},"id":${event.id}` +
  `,"kind":${JSON.stringify(event.kind)},"object":${event.object},"reader":${JSON.stringify(event.reader)}` +
  `,"reason":${JSON.stringify(event.reason)}}`

interface Counts {
  images: number
  labels: number
  lastLabelId: number
  lastModelId: number
  lastOperatingPointId: number
  lastPromotionId: number
}

function pinOf(database: Database): Counts & { labelsSha256: string } {
  const counts = database
    .prepare<[], Counts>(
      `SELECT (SELECT count(*) FROM images) AS images,
        (SELECT count(*) FROM labels) AS labels,
        (SELECT coalesce(max(id), 0) FROM labels) AS lastLabelId,
        (SELECT coalesce(max(id), 0) FROM models) AS lastModelId,
        (SELECT coalesce(max(id), 0) FROM operating_points) AS lastOperatingPointId,
        (SELECT coalesce(max(id), 0) FROM promotions) AS lastPromotionId`,
    )
    .get() as Counts
  return { ...counts, labelsSha256: labelsHash(database, counts.lastLabelId) }
}

interface PinnedLabel {
  id: number
  image: string
  className: string | null
  reader: string
  at: string
  comment: string | null
  undoes: number | null
}

function labelsHash(database: Database, lastId: number): string {
  const hash = createHash('sha256')
  const labels = database
    .prepare<[number], PinnedLabel>(
      `SELECT l.id, i.sha256 AS image, c.name AS className, r.name AS reader, l.at, l.comment, l.undoes
       FROM labels l JOIN images i ON i.id = l.image_id JOIN readers r ON r.id = l.reader_id
       LEFT JOIN classes c ON c.id = l.class_id WHERE l.id <= ? ORDER BY l.id`,
    )
    .iterate(lastId)
  for (const { id, image, className, reader, at, comment, undoes } of labels) {
    hash.update(`${canonicalJson([id, image, className, reader, at, comment, undoes])}\n`)
  }
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
