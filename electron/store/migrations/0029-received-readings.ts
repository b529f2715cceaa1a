import type { Migration } from './migration.ts'

/**
 * Readings of other workspaces. An entry that came with one has its place in time beside it, since the numbers of the
 * rows no longer tell which entry is newer. Shipped: never edit; add the next number instead.
 */
export const receivedReadings: Migration = {
  version: 29,
  sql: `
    -- A file of readings of which something was new here.
    CREATE TABLE reading_imports (
      id INTEGER PRIMARY KEY,
      at TEXT NOT NULL,
      file_sha256 TEXT NOT NULL CHECK (length(file_sha256) = 64),
      -- The workspace that wrote it: the hash of the first event of its trail, its name, and the newest event then.
      workspace_id TEXT NOT NULL CHECK (length(workspace_id) = 64),
      workspace_name TEXT NOT NULL,
      head_event INTEGER NOT NULL,
      head_hash TEXT NOT NULL CHECK (length(head_hash) = 64),
      made_at TEXT NOT NULL,
      software TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER reading_imports_no_update BEFORE UPDATE ON reading_imports
      BEGIN SELECT RAISE (ABORT, 'imports of readings are append-only'); END;
    CREATE TRIGGER reading_imports_no_delete BEFORE DELETE ON reading_imports
      BEGIN SELECT RAISE (ABORT, 'imports of readings are append-only'); END;

    -- Null: the entry was made here. order_ms is its time in ms since 1970, later than what its maker had before it.
    ALTER TABLE labels ADD COLUMN import_id INTEGER REFERENCES reading_imports (id);
    ALTER TABLE labels ADD COLUMN order_ms INTEGER CHECK ((order_ms IS NULL) = (import_id IS NULL));
    ALTER TABLE label_comments ADD COLUMN import_id INTEGER REFERENCES reading_imports (id);
    ALTER TABLE label_comments ADD COLUMN order_ms INTEGER CHECK ((order_ms IS NULL) = (import_id IS NULL));
    ALTER TABLE region_changes ADD COLUMN import_id INTEGER REFERENCES reading_imports (id);
    ALTER TABLE region_changes ADD COLUMN order_ms INTEGER CHECK ((order_ms IS NULL) = (import_id IS NULL));
  `,
}
