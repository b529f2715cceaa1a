import type { Migration } from './migration.ts'

/**
 * A new model is a candidate: it comes into use by a promotion only. Models of earlier versions keep their rule, by which
 * the newest one is in use where none was promoted.
 * Shipped: never edit; add the next number instead.
 */
export const candidates: Migration = {
  version: 12,
  sql: `
    -- 1: in use only after a promotion. 0: made by a version that put the newest model in use.
    ALTER TABLE models ADD COLUMN needs_promotion INTEGER NOT NULL DEFAULT 0 CHECK (needs_promotion IN (0, 1));
  `,
}
