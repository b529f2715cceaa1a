import type { Migration } from './migration.ts'

/**
 * Images and models can be removed and restored: their rows stay, so that labels, predictions and the audit trail keep
 * what they name. Models can be renamed. Shipped: never edit; add the next number instead.
 */
export const removals: Migration = {
  version: 27,
  sql: `
    -- When it was removed; NULL: it is there.
    ALTER TABLE images ADD COLUMN removed_at TEXT;
    ALTER TABLE models ADD COLUMN removed_at TEXT;

    -- The rest of a model stays immutable.
    DROP TRIGGER models_no_update;
    CREATE TRIGGER models_no_update BEFORE UPDATE OF id, recipe_fingerprint, encoder_fingerprints, classes, cases,
      grouped_by, images_without_case, accuracy, fold_accuracies, duration_ms, software, created_at,
      needs_promotion, weights ON models
      BEGIN SELECT RAISE (ABORT, 'models are immutable'); END;

    -- Settings know one more: whether the image is removed.
    CREATE TABLE settings (
      id INTEGER PRIMARY KEY,
      image_id INTEGER NOT NULL REFERENCES images (id),
      reader_id INTEGER NOT NULL REFERENCES readers (id),
      at TEXT NOT NULL,
      what TEXT NOT NULL CHECK (what IN ('case', 'pixel-size', 'removal')),
      case_before INTEGER REFERENCES cases (id),
      case_after INTEGER REFERENCES cases (id),
      -- In micrometres.
      size_before REAL,
      size_after REAL,
      -- Of a removal, 1: it was removed, 0: it was restored. NULL in earlier rows, so that hashes over them stay.
      removed INTEGER CHECK (removed IN (0, 1)),
      -- The setting, or the undo or redo of it, that this one undoes.
      undoes INTEGER UNIQUE REFERENCES settings (id),
      CHECK ((what = 'removal') = (removed IS NOT NULL))
    ) STRICT;
    INSERT INTO settings (id, image_id, reader_id, at, what, case_before, case_after, size_before, size_after, undoes)
      SELECT id, image_id, reader_id, at, what, case_before, case_after, size_before, size_after, undoes
      FROM image_settings ORDER BY id;

    -- And steps one more kind.
    CREATE TABLE steps (
      id INTEGER PRIMARY KEY,
      reader_id INTEGER NOT NULL REFERENCES readers (id),
      at TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN
        ('label', 'adjudication', 'comment', 'region', 'case', 'pixel-size', 'removal', 'entry-undo', 'undo', 'redo')),
      target INTEGER REFERENCES steps (id),
      part_of INTEGER REFERENCES steps (id),
      CHECK ((kind IN ('undo', 'redo')) = (target IS NOT NULL)),
      CHECK (part_of IS NULL OR target IS NULL)
    ) STRICT;
    INSERT INTO steps (id, reader_id, at, kind, target, part_of)
      SELECT id, reader_id, at, kind, target, part_of FROM reader_actions ORDER BY id;
    CREATE TABLE entries_of_steps (
      id INTEGER PRIMARY KEY,
      action_id INTEGER NOT NULL REFERENCES steps (id),
      label_id INTEGER UNIQUE REFERENCES labels (id),
      comment_id INTEGER UNIQUE REFERENCES label_comments (id),
      change_id INTEGER UNIQUE REFERENCES region_changes (id),
      setting_id INTEGER UNIQUE REFERENCES settings (id),
      CHECK ((label_id IS NOT NULL) + (comment_id IS NOT NULL) + (change_id IS NOT NULL)
        + (setting_id IS NOT NULL) = 1)
    ) STRICT;
    INSERT INTO entries_of_steps (id, action_id, label_id, comment_id, change_id, setting_id)
      SELECT id, action_id, label_id, comment_id, change_id, setting_id FROM reader_action_entries;
    DROP TABLE reader_action_entries;
    DROP TABLE reader_actions;
    DROP TABLE image_settings;
    ALTER TABLE settings RENAME TO image_settings;
    ALTER TABLE steps RENAME TO reader_actions;
    ALTER TABLE entries_of_steps RENAME TO reader_action_entries;
    CREATE INDEX image_settings_image ON image_settings (image_id, id);
    CREATE INDEX reader_actions_reader ON reader_actions (reader_id, id);
    CREATE INDEX reader_actions_target ON reader_actions (target, id) WHERE target IS NOT NULL;
    CREATE INDEX reader_actions_part ON reader_actions (part_of, id) WHERE part_of IS NOT NULL;
    CREATE INDEX reader_action_entries_action ON reader_action_entries (action_id, id);
    CREATE TRIGGER image_settings_no_update BEFORE UPDATE ON image_settings
      BEGIN SELECT RAISE (ABORT, 'settings are append-only'); END;
    CREATE TRIGGER image_settings_no_delete BEFORE DELETE ON image_settings
      BEGIN SELECT RAISE (ABORT, 'settings are append-only'); END;
    CREATE TRIGGER reader_actions_no_update BEFORE UPDATE ON reader_actions
      BEGIN SELECT RAISE (ABORT, 'actions are append-only'); END;
    CREATE TRIGGER reader_actions_no_delete BEFORE DELETE ON reader_actions
      BEGIN SELECT RAISE (ABORT, 'actions are append-only'); END;
    CREATE TRIGGER reader_action_entries_no_update BEFORE UPDATE ON reader_action_entries
      BEGIN SELECT RAISE (ABORT, 'actions are append-only'); END;
    CREATE TRIGGER reader_action_entries_no_delete BEFORE DELETE ON reader_action_entries
      BEGIN SELECT RAISE (ABORT, 'actions are append-only'); END;
  `,
}
