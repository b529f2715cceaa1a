import type { Migration } from './migration.ts'

/**
 * The source of a model's weights is called weights: official, unofficial or untrained. Until now it was called
 * encoders: keras, unofficial or demo. The reports of jobs that name it change with it; no event of the audit trail
 * has their hash. Events stay as they are.
 * Shipped: never edit; add the next number instead.
 */
export const weights: Migration = {
  version: 10,
  sql: `
    DROP TRIGGER models_no_update;
    -- A new column must have a default; every insert names the source.
    ALTER TABLE models ADD COLUMN weights TEXT NOT NULL DEFAULT 'untrained'
      CHECK (weights IN ('official', 'unofficial', 'untrained'));
    UPDATE models SET weights =
      CASE encoders WHEN 'keras' THEN 'official' WHEN 'demo' THEN 'untrained' ELSE encoders END;
    ALTER TABLE models DROP COLUMN encoders;
    CREATE TRIGGER models_no_update BEFORE UPDATE ON models
      BEGIN SELECT RAISE (ABORT, 'models are immutable'); END;

    UPDATE jobs SET report = json_set(json_remove(report, '$.encoders'), '$.weights',
        CASE report ->> '$.encoders' WHEN 'keras' THEN 'official' WHEN 'demo' THEN 'untrained'
          ELSE report ->> '$.encoders' END)
      WHERE kind IN ('train', 'encode', 'export-model', 'import-model')
        AND json_type(report, '$.encoders') = 'text';
    UPDATE jobs SET report = json_set(report, '$.weights',
        CASE report ->> '$.weights' WHEN 'keras' THEN 'official' WHEN 'demo' THEN 'untrained'
          ELSE report ->> '$.weights' END)
      WHERE kind = 'describe' AND json_type(report, '$.weights') = 'text';
  `,
}
