import type { Migration } from './migration.ts'

/**
 * A comment of a reader on an image without their label. It chooses nothing, withdraws nothing and shows a blind reader
 * nothing, which an entry without a class would. An undo of one is one, too.
 * Shipped: never edit; add the next number instead.
 */
export const commentsAlone: Migration = {
  version: 34,
  sql: `
    ALTER TABLE labels ADD COLUMN is_comment INTEGER CHECK (is_comment IS NULL OR (is_comment = 1
      AND class_id IS NULL AND is_unsure = 0 AND is_blind = 0 AND kind = 'reading' AND source = 'reader'));
  `,
}
