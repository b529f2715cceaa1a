import type { Migration } from './migration.ts'

/** Doubtful places of a slide may be predicted again. Shipped: never edit; add the next number instead. */
export const slideEffort: Migration = {
  version: 24,
  sql: `
    -- NULL: each place was predicted once, as in all analyses of earlier formats.
    ALTER TABLE slide_analyses ADD COLUMN effort TEXT CHECK (json_valid(effort));
  `,
}
