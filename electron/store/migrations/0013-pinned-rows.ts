import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. */
export const pinnedRows: Migration = {
  version: 13,
  sql: `
    -- Hashes of rows as an event of the audit trail pinned them; the event holds a hash over all of its pins.
    CREATE TABLE pinned_rows (
      event INTEGER NOT NULL REFERENCES audit_events (id),
      -- The table, and what tells its rows apart (store/audited-tables.ts).
      name TEXT NOT NULL,
      key TEXT NOT NULL,
      sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
      PRIMARY KEY (event, name, key)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER pinned_rows_no_update BEFORE UPDATE ON pinned_rows
      BEGIN SELECT RAISE (ABORT, 'the audit trail is append-only'); END;
    CREATE TRIGGER pinned_rows_no_delete BEFORE DELETE ON pinned_rows
      BEGIN SELECT RAISE (ABORT, 'the audit trail is append-only'); END;
  `,
}
