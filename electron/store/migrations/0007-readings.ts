import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. */
export const readings: Migration = {
  version: 7,
  sql: `
    -- What an entry is: what a reader said by himself, or the word that settles what readers disagree about.
    ALTER TABLE labels ADD COLUMN kind TEXT NOT NULL DEFAULT 'reading'
      CHECK (kind IN ('reading', 'adjudication'));
    -- The reader looked and could not say; then there is no class. Never a label for training.
    ALTER TABLE labels ADD COLUMN is_unsure INTEGER NOT NULL DEFAULT 0
      CHECK (is_unsure IN (0, 1) AND (is_unsure = 0 OR (class_id IS NULL AND kind = 'reading')));
    -- Whether neither other readers' labels nor any suggestion for the image had been shown to the reader.
    ALTER TABLE labels ADD COLUMN is_blind INTEGER NOT NULL DEFAULT 0
      CHECK (is_blind IN (0, 1) AND (is_blind = 0 OR kind = 'reading'));
  `,
}
