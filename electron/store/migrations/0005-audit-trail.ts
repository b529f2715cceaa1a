import type { Database } from 'better-sqlite3'
import { beforeFirst, canonicalJson, eventHash } from '../audit-chain.ts'
import { pinOf } from '../audit-pin.ts'
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

/** The first event, here and nowhere else: a trail without it is one that was removed. */
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
    .run({ ...event, hash: eventHash(beforeFirst, event) })
}
