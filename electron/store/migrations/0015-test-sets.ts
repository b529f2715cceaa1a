import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. */
export const testSets: Migration = {
  version: 15,
  sql: `
    -- Images that no model may be trained on.
    CREATE TABLE test_sets (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE CHECK (name <> ''),
      -- JSON: how its images were chosen (contract/test-sets.ts).
      rule TEXT NOT NULL CHECK (json_valid(rule)),
      at TEXT NOT NULL,
      reader TEXT,
      reason TEXT NOT NULL CHECK (reason <> ''),
      -- Every image with a larger id belongs to it, up to until_image_id; null: only those in the tables below.
      after_image_id INTEGER,
      until_image_id INTEGER,
      -- Released for good: an ordinary part of the data since.
      released_at TEXT,
      released_by TEXT,
      released_reason TEXT
    ) STRICT;

    -- Cases whose images belong to it, whenever they are imported.
    CREATE TABLE test_set_cases (
      test_set_id INTEGER NOT NULL REFERENCES test_sets (id),
      case_id INTEGER NOT NULL REFERENCES cases (id),
      PRIMARY KEY (test_set_id, case_id)
    ) STRICT, WITHOUT ROWID;

    -- Images that belong to it, whatever becomes of their case.
    CREATE TABLE test_set_images (
      test_set_id INTEGER NOT NULL REFERENCES test_sets (id),
      image_id INTEGER NOT NULL REFERENCES images (id),
      PRIMARY KEY (test_set_id, image_id)
    ) STRICT, WITHOUT ROWID;

    -- Each test of a model on it, with what was found.
    CREATE TABLE test_set_openings (
      id INTEGER PRIMARY KEY,
      test_set_id INTEGER NOT NULL REFERENCES test_sets (id),
      model_id INTEGER NOT NULL REFERENCES models (id),
      at TEXT NOT NULL,
      reader TEXT,
      reason TEXT NOT NULL CHECK (reason <> ''),
      content TEXT NOT NULL CHECK (json_valid(content))
    ) STRICT;
    CREATE TRIGGER test_set_openings_no_update BEFORE UPDATE ON test_set_openings
      BEGIN SELECT RAISE (ABORT, 'openings are append-only'); END;
    CREATE TRIGGER test_set_openings_no_delete BEFORE DELETE ON test_set_openings
      BEGIN SELECT RAISE (ABORT, 'openings are append-only'); END;
    CREATE TRIGGER test_sets_no_delete BEFORE DELETE ON test_sets
      BEGIN SELECT RAISE (ABORT, 'test sets are never removed'); END;
    CREATE TRIGGER test_sets_released_for_good BEFORE UPDATE ON test_sets WHEN OLD.released_at IS NOT NULL
      BEGIN SELECT RAISE (ABORT, 'a test set is released for good'); END;
    CREATE TRIGGER test_set_images_no_delete BEFORE DELETE ON test_set_images
      BEGIN SELECT RAISE (ABORT, 'test sets only grow'); END;
    CREATE TRIGGER test_set_cases_no_delete BEFORE DELETE ON test_set_cases
      BEGIN SELECT RAISE (ABORT, 'test sets only grow'); END;

    -- The last door of every training: its images are stored with their folds.
    CREATE TRIGGER folds_without_test_sets BEFORE INSERT ON folds
      WHEN EXISTS (
        SELECT 1 FROM test_sets s WHERE s.released_at IS NULL AND (
          EXISTS (SELECT 1 FROM test_set_images m WHERE m.test_set_id = s.id AND m.image_id = NEW.image_id)
          OR EXISTS (SELECT 1 FROM test_set_cases c JOIN images i ON i.case_id = c.case_id
            WHERE c.test_set_id = s.id AND i.id = NEW.image_id)
          OR NEW.image_id > s.after_image_id AND NEW.image_id <= coalesce(s.until_image_id, NEW.image_id)))
      BEGIN SELECT RAISE (ABORT, 'an image of a locked test set cannot train a model'); END;
  `,
}
