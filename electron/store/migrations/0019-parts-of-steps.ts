import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. */
export const partsOfSteps: Migration = {
  version: 19,
  sql: `
    -- A step over many images is written in parts, each in a transaction of its own. The later parts name the first
    -- one, which is the step. NULL otherwise, so that hashes of the audit trail over earlier rows stay.
    ALTER TABLE reader_actions ADD COLUMN part_of INTEGER REFERENCES reader_actions (id)
      CHECK (part_of IS NULL OR target IS NULL);
    CREATE INDEX reader_actions_part ON reader_actions (part_of, id) WHERE part_of IS NOT NULL;
  `,
}
