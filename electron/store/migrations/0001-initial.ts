import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. Times are ISO 8601 in UTC. */
export const initial: Migration = {
  version: 1,
  sql: `
    CREATE TABLE workspace (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      name TEXT NOT NULL,
      created_at TEXT NOT NULL
    ) STRICT;

    CREATE TABLE classes (
      id INTEGER PRIMARY KEY,
      position INTEGER NOT NULL UNIQUE,
      name TEXT NOT NULL UNIQUE COLLATE NOCASE,
      is_positive INTEGER NOT NULL CHECK (is_positive IN (0, 1)),
      key TEXT NOT NULL,
      colour TEXT NOT NULL
    ) STRICT;

    CREATE TABLE cases (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE readers (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      created_at TEXT NOT NULL
    ) STRICT;

    CREATE TABLE images (
      id INTEGER PRIMARY KEY,
      sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
      path TEXT NOT NULL,
      byte_count INTEGER NOT NULL CHECK (byte_count > 0),
      format TEXT NOT NULL,
      width_px INTEGER NOT NULL CHECK (width_px > 0),
      height_px INTEGER NOT NULL CHECK (height_px > 0),
      pixel_size_um REAL CHECK (pixel_size_um > 0),
      pixel_size_source TEXT NOT NULL,
      synthetic INTEGER NOT NULL CHECK (synthetic IN (0, 1)),
      case_id INTEGER REFERENCES cases (id),
      imported_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX images_case ON images (case_id);

    -- What readers said, append-only; a null class withdraws. The newest row of an image counts.
    CREATE TABLE labels (
      id INTEGER PRIMARY KEY,
      image_id INTEGER NOT NULL REFERENCES images (id),
      reader_id INTEGER NOT NULL REFERENCES readers (id),
      class_id INTEGER REFERENCES classes (id),
      at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX labels_image ON labels (image_id, id);
    CREATE TRIGGER labels_no_update BEFORE UPDATE ON labels
      BEGIN SELECT RAISE (ABORT, 'labels are append-only'); END;
    CREATE TRIGGER labels_no_delete BEFORE DELETE ON labels
      BEGIN SELECT RAISE (ABORT, 'labels are append-only'); END;

    -- Quality flags as last measured.
    CREATE TABLE image_flags (
      image_id INTEGER PRIMARY KEY REFERENCES images (id),
      flags TEXT NOT NULL CHECK (json_valid(flags)),
      at TEXT NOT NULL
    ) STRICT;

    CREATE TABLE recipes (
      fingerprint TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      content TEXT NOT NULL CHECK (json_valid(content))
    ) STRICT, WITHOUT ROWID;

    -- A trained version; immutable.
    CREATE TABLE models (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE COLLATE NOCASE,
      recipe_fingerprint TEXT NOT NULL REFERENCES recipes (fingerprint),
      encoders TEXT NOT NULL CHECK (encoders IN ('keras', 'unofficial', 'demo')),
      -- JSON: encoder name -> weight fingerprint.
      encoder_fingerprints TEXT NOT NULL CHECK (json_valid(encoder_fingerprints)),
      -- JSON: the class scheme as it stood.
      classes TEXT NOT NULL CHECK (json_valid(classes)),
      cases INTEGER NOT NULL,
      grouped_by TEXT NOT NULL CHECK (grouped_by IN ('case', 'image')),
      images_without_case INTEGER NOT NULL,
      accuracy REAL NOT NULL CHECK (accuracy BETWEEN 0 AND 1),
      -- JSON: accuracy of each fold.
      fold_accuracies TEXT NOT NULL CHECK (json_valid(fold_accuracies)),
      duration_ms REAL NOT NULL,
      -- JSON: versions of what computed it.
      software TEXT NOT NULL CHECK (json_valid(software)),
      created_at TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER models_no_update BEFORE UPDATE ON models
      BEGIN SELECT RAISE (ABORT, 'models are immutable'); END;

    -- Which images trained a model: the fold that held each out, its label as it stood, and the
    -- out-of-fold probabilities (JSON, in the order of the model's classes).
    CREATE TABLE folds (
      model_id INTEGER NOT NULL REFERENCES models (id),
      image_id INTEGER NOT NULL REFERENCES images (id),
      fold INTEGER NOT NULL CHECK (fold >= 0),
      class_name TEXT NOT NULL,
      probabilities TEXT NOT NULL CHECK (json_valid(probabilities)),
      PRIMARY KEY (model_id, image_id)
    ) STRICT, WITHOUT ROWID;

    -- The texts lie beside the database as boosters/<text_sha256>.txt.
    CREATE TABLE boosters (
      id INTEGER PRIMARY KEY,
      model_id INTEGER NOT NULL REFERENCES models (id),
      encoder TEXT NOT NULL,
      crop_set INTEGER NOT NULL CHECK (crop_set >= 0),
      fold INTEGER NOT NULL CHECK (fold >= 0),
      seed INTEGER NOT NULL CHECK (seed >= 0),
      text_sha256 TEXT NOT NULL CHECK (length(text_sha256) = 64),
      UNIQUE (model_id, encoder, crop_set, fold, seed)
    ) STRICT;

    CREATE TABLE verdicts (
      id INTEGER PRIMARY KEY,
      image_id INTEGER NOT NULL REFERENCES images (id),
      model_id INTEGER NOT NULL REFERENCES models (id),
      suggested TEXT NOT NULL,
      probabilities TEXT NOT NULL CHECK (json_valid(probabilities)),
      carcinoma_score REAL CHECK (carcinoma_score BETWEEN 0 AND 1),
      out_of_fold INTEGER NOT NULL CHECK (out_of_fold IN (0, 1)),
      boosters INTEGER NOT NULL CHECK (boosters > 0),
      flags TEXT NOT NULL CHECK (json_valid(flags)),
      at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX verdicts_image ON verdicts (image_id, id);

    CREATE TABLE jobs (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      title TEXT NOT NULL,
      input TEXT NOT NULL CHECK (json_valid(input)),
      state TEXT NOT NULL CHECK (state IN
        ('queued', 'running', 'cancelling', 'cancelled', 'interrupted', 'failed', 'done')),
      report TEXT CHECK (json_valid(report)),
      error TEXT CHECK (json_valid(error)),
      created_at TEXT NOT NULL,
      ended_at TEXT
    ) STRICT;
  `,
}
