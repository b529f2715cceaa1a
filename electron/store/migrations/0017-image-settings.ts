import type { Migration } from './migration.ts'

/**
 * The case and the pixel size that a reader set after the import are steps that can be undone.
 * Shipped: never edit; add the next number instead.
 */
export const imageSettings: Migration = {
  version: 17,
  sql: `
    -- What a reader set on an image, with what was there before. Both cases or both sizes may be null.
    CREATE TABLE image_settings (
      id INTEGER PRIMARY KEY,
      image_id INTEGER NOT NULL REFERENCES images (id),
      reader_id INTEGER NOT NULL REFERENCES readers (id),
      at TEXT NOT NULL,
      what TEXT NOT NULL CHECK (what IN ('case', 'pixel-size')),
      case_before INTEGER REFERENCES cases (id),
      case_after INTEGER REFERENCES cases (id),
      -- In micrometres.
      size_before REAL,
      size_after REAL,
      -- The setting, or the undo or redo of it, that this one undoes.
      undoes INTEGER UNIQUE REFERENCES image_settings (id)
    ) STRICT;
    CREATE INDEX image_settings_image ON image_settings (image_id, id);
    CREATE TRIGGER image_settings_no_update BEFORE UPDATE ON image_settings
      BEGIN SELECT RAISE (ABORT, 'settings are append-only'); END;
    CREATE TRIGGER image_settings_no_delete BEFORE DELETE ON image_settings
      BEGIN SELECT RAISE (ABORT, 'settings are append-only'); END;

    -- Steps know two more kinds, and a fourth kind of entry.
    CREATE TABLE steps (
      id INTEGER PRIMARY KEY,
      reader_id INTEGER NOT NULL REFERENCES readers (id),
      at TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN
        ('label', 'adjudication', 'comment', 'region', 'case', 'pixel-size', 'entry-undo', 'undo', 'redo')),
      target INTEGER REFERENCES steps (id),
      CHECK ((kind IN ('undo', 'redo')) = (target IS NOT NULL))
    ) STRICT;
    INSERT INTO steps (id, reader_id, at, kind, target)
      SELECT id, reader_id, at, kind, target FROM reader_actions ORDER BY id;
    CREATE TABLE entries_of_steps (
      id INTEGER PRIMARY KEY,
      action_id INTEGER NOT NULL REFERENCES steps (id),
      label_id INTEGER UNIQUE REFERENCES labels (id),
      comment_id INTEGER UNIQUE REFERENCES label_comments (id),
      change_id INTEGER UNIQUE REFERENCES region_changes (id),
      -- NULL in earlier rows, so that hashes of the audit trail over them stay.
      setting_id INTEGER UNIQUE REFERENCES image_settings (id),
      CHECK ((label_id IS NOT NULL) + (comment_id IS NOT NULL) + (change_id IS NOT NULL)
        + (setting_id IS NOT NULL) = 1)
    ) STRICT;
    INSERT INTO entries_of_steps (id, action_id, label_id, comment_id, change_id)
      SELECT id, action_id, label_id, comment_id, change_id FROM reader_action_entries;
    DROP TABLE reader_action_entries;
    DROP TABLE reader_actions;
    ALTER TABLE steps RENAME TO reader_actions;
    ALTER TABLE entries_of_steps RENAME TO reader_action_entries;
    CREATE INDEX reader_actions_reader ON reader_actions (reader_id, id);
    CREATE INDEX reader_actions_target ON reader_actions (target, id) WHERE target IS NOT NULL;
    CREATE INDEX reader_action_entries_action ON reader_action_entries (action_id, id);
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
