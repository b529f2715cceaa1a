import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. */
export const classifierKinds: Migration = {
  version: 16,
  sql: `
    -- A model may have two classifiers in one place, of different kinds. NULL is LightGBM, so that hashes of the audit
    -- trail over earlier rows stay.
    CREATE TABLE classifiers_of_models (
      id INTEGER PRIMARY KEY,
      model_id INTEGER NOT NULL REFERENCES models (id),
      encoder TEXT NOT NULL,
      crop_set INTEGER NOT NULL CHECK (crop_set >= 0),
      fold INTEGER NOT NULL CHECK (fold >= 0),
      seed INTEGER NOT NULL CHECK (seed >= 0),
      text_sha256 TEXT NOT NULL CHECK (length(text_sha256) = 64),
      kind TEXT CHECK (kind IN ('logistic'))
    ) STRICT;
    INSERT INTO classifiers_of_models (id, model_id, encoder, crop_set, fold, seed, text_sha256)
      SELECT id, model_id, encoder, crop_set, fold, seed, text_sha256 FROM boosters;
    DROP TABLE boosters;
    ALTER TABLE classifiers_of_models RENAME TO boosters;
    CREATE UNIQUE INDEX boosters_place
      ON boosters (model_id, encoder, crop_set, fold, seed, coalesce(kind, 'lightgbm'));
  `,
}
