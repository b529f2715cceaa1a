import type { Migration } from './migration.ts'

/** Users of a workspace and their roles. Shipped: never edit; add the next number instead. */
export const users: Migration = {
  version: 30,
  sql: `
    -- The newest change of a reader counts. Without any, or if each newest one has no role, the workspace has no users.
    CREATE TABLE user_changes (
      id INTEGER PRIMARY KEY,
      at TEXT NOT NULL,
      reader_id INTEGER NOT NULL REFERENCES readers (id),
      -- Null: no user any more.
      role TEXT CHECK (role IN ('read-only', 'technician', 'pathologist', 'administrator')),
      -- An account of the operating system, or null: the PIN.
      account TEXT,
      -- argon2id, as its reference implementation writes it.
      pin_hash TEXT,
      -- Of the code for an administrator who forgot the PIN.
      recovery_sha256 TEXT
    ) STRICT;
    CREATE INDEX user_changes_reader ON user_changes (reader_id, id);
    CREATE TRIGGER user_changes_no_update BEFORE UPDATE ON user_changes
      BEGIN SELECT RAISE (ABORT, 'changes of users are append-only'); END;
    CREATE TRIGGER user_changes_no_delete BEFORE DELETE ON user_changes
      BEGIN SELECT RAISE (ABORT, 'changes of users are append-only'); END;
  `,
}
