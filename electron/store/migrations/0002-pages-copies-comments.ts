import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. */
export const pagesCopiesComments: Migration = {
  version: 2,
  sql: `
    -- Which picture of its file it is, from 1. sha256 is then the one of the file and the page together.
    ALTER TABLE images ADD COLUMN page INTEGER NOT NULL DEFAULT 1 CHECK (page >= 1);
    -- Where its copy lies, relative to the workspace; null: only the file at path is read.
    ALTER TABLE images ADD COLUMN copied_path TEXT;

    ALTER TABLE labels ADD COLUMN comment TEXT CHECK (comment <> '');
    -- The entry that this one takes back; each can be taken back once.
    ALTER TABLE labels ADD COLUMN undoes INTEGER REFERENCES labels (id);
    CREATE UNIQUE INDEX labels_undoes ON labels (undoes) WHERE undoes IS NOT NULL;
  `,
}
