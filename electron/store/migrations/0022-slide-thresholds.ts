import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. */
export const slideThresholds: Migration = {
  version: 22,
  sql: `
    -- Thresholds that were learned on slides, for a class of a slide as a whole. Of several of a model the last one counts.
    CREATE TABLE slide_thresholds (
      id INTEGER PRIMARY KEY,
      model_id INTEGER NOT NULL REFERENCES models (id),
      threshold REAL NOT NULL CHECK (threshold > 0 AND threshold <= 1),
      -- JSON: figures, and the slides that it was learned on, by case (store/queries/slide-thresholds.ts).
      content TEXT NOT NULL CHECK (json_valid(content)),
      at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX slide_thresholds_model ON slide_thresholds (model_id, id);
    CREATE TRIGGER slide_thresholds_no_update BEFORE UPDATE ON slide_thresholds
      BEGIN SELECT RAISE (ABORT, 'thresholds are append-only'); END;
    CREATE TRIGGER slide_thresholds_no_delete BEFORE DELETE ON slide_thresholds
      BEGIN SELECT RAISE (ABORT, 'thresholds are append-only'); END;
  `,
}
