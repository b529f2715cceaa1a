import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. */
export const modelReport: Migration = {
  version: 3,
  sql: `
    -- What a training said of itself (JSON, contract/model-report.ts); immutable as its model.
    CREATE TABLE model_reports (
      model_id INTEGER PRIMARY KEY REFERENCES models (id),
      content TEXT NOT NULL CHECK (json_valid(content))
    ) STRICT;
    CREATE TRIGGER model_reports_no_update BEFORE UPDATE ON model_reports
      BEGIN SELECT RAISE (ABORT, 'models are immutable'); END;

    -- Operating points as chosen; the newest of a model counts.
    CREATE TABLE operating_points (
      id INTEGER PRIMARY KEY,
      model_id INTEGER NOT NULL REFERENCES models (id),
      threshold REAL NOT NULL CHECK (threshold BETWEEN 0 AND 1),
      at TEXT NOT NULL
    ) STRICT;

    -- The newest that was not withdrawn names the model in use; without any it is the newest model.
    CREATE TABLE promotions (
      id INTEGER PRIMARY KEY,
      model_id INTEGER NOT NULL REFERENCES models (id),
      at TEXT NOT NULL,
      withdrawn_at TEXT
    ) STRICT;

    -- As folds, of a model that came in a package: its images need not be in this workspace.
    CREATE TABLE imported_folds (
      model_id INTEGER NOT NULL REFERENCES models (id),
      sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
      fold INTEGER NOT NULL CHECK (fold >= 0),
      synthetic INTEGER NOT NULL CHECK (synthetic IN (0, 1)),
      PRIMARY KEY (model_id, sha256)
    ) STRICT, WITHOUT ROWID;

    -- JSON: what a verdict says beyond its probabilities; null: made before there was more.
    ALTER TABLE verdicts ADD COLUMN details TEXT CHECK (json_valid(details));
  `,
}
