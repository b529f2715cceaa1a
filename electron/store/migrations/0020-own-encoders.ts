import type { Migration } from './migration.ts'

/**
 * Models may be trained on encoders of one's own: weights is own or unverified for them. The values of earlier models stay, and
 * with them the hashes of the audit trail.
 * Shipped: never edit; add the next number instead.
 */
export const ownEncoders: Migration = {
  version: 20,
  sql: `
    DROP TRIGGER models_no_update;
    -- A new column must have a default; every insert names the source.
    ALTER TABLE models ADD COLUMN source_of_weights TEXT NOT NULL DEFAULT 'untrained'
      CHECK (source_of_weights IN ('official', 'unofficial', 'own', 'unverified', 'untrained'));
    UPDATE models SET source_of_weights = weights;
    ALTER TABLE models DROP COLUMN weights;
    ALTER TABLE models RENAME COLUMN source_of_weights TO weights;
    CREATE TRIGGER models_no_update BEFORE UPDATE ON models
      BEGIN SELECT RAISE (ABORT, 'models are immutable'); END;
  `,
}
