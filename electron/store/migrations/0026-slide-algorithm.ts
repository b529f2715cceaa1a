import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. */
export const slideAlgorithm: Migration = {
  version: 26,
  sql: `
    -- How the figures of a map were made (engine/slides/slide-map.ts); NULL: by an earlier version, whose areas counted less tissue.
    ALTER TABLE slide_analyses ADD COLUMN algorithm INTEGER CHECK (algorithm > 0);
  `,
}
