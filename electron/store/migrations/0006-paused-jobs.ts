import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. */
export const pausedJobs: Migration = {
  version: 6,
  sql: `
    -- A job can be paused, and says how far it came. SQLite cannot change a CHECK, so the table is made anew.
    CREATE TABLE jobs_6 (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      title TEXT NOT NULL,
      input TEXT NOT NULL CHECK (json_valid(input)),
      state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'pausing', 'paused',
        'cancelling', 'cancelled', 'interrupted', 'failed', 'done')),
      -- JSON (contract/views.ts Progress), as last written; null: nothing was done yet.
      progress TEXT CHECK (json_valid(progress)),
      report TEXT CHECK (json_valid(report)),
      error TEXT CHECK (json_valid(error)),
      created_at TEXT NOT NULL,
      ended_at TEXT
    ) STRICT;
    INSERT INTO jobs_6 (id, kind, title, input, state, report, error, created_at, ended_at)
      SELECT id, kind, title, input, state, report, error, created_at, ended_at FROM jobs;
    DROP TABLE jobs;
    ALTER TABLE jobs_6 RENAME TO jobs;
  `,
}
