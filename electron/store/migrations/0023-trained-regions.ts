import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. */
export const trainedRegions: Migration = {
  version: 23,
  sql: `
    -- Regions that a model was trained on, as they were after a change.
    CREATE TABLE trained_regions (
      model_id INTEGER NOT NULL REFERENCES models (id),
      region_id INTEGER NOT NULL REFERENCES regions (id),
      change_id INTEGER NOT NULL REFERENCES region_changes (id),
      fold INTEGER NOT NULL CHECK (fold >= 0),
      class_name TEXT NOT NULL,
      -- JSON: the centres of its fields, [x, y] in pixels of the full-resolution image.
      fields TEXT NOT NULL CHECK (json_array_length(fields) > 0),
      -- JSON: out of fold, the mean over its fields, in the order of the model's classes.
      probabilities TEXT NOT NULL CHECK (json_valid(probabilities)),
      PRIMARY KEY (model_id, region_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX trained_regions_region ON trained_regions (region_id);

    CREATE TRIGGER trained_regions_no_update BEFORE UPDATE ON trained_regions
      BEGIN SELECT RAISE (ABORT, 'models are immutable'); END;
    CREATE TRIGGER trained_regions_no_delete BEFORE DELETE ON trained_regions
      BEGIN SELECT RAISE (ABORT, 'models are immutable'); END;

    -- As folds_without_test_sets.
    CREATE TRIGGER trained_regions_without_test_sets BEFORE INSERT ON trained_regions
      WHEN EXISTS (
        SELECT 1 FROM test_sets s JOIN regions r ON r.id = NEW.region_id JOIN images i ON i.id = r.image_id
        WHERE s.released_at IS NULL AND (
          EXISTS (SELECT 1 FROM test_set_images m WHERE m.test_set_id = s.id AND m.image_id = i.id)
          OR EXISTS (SELECT 1 FROM test_set_cases c WHERE c.test_set_id = s.id AND c.case_id = i.case_id)
          OR i.id > s.after_image_id AND i.id <= coalesce(s.until_image_id, i.id)))
      BEGIN SELECT RAISE (ABORT, 'an image of a locked test set cannot train a model'); END;
  `,
}
