import type { Migration } from './migration.ts'

/**
 * Comments given alone, and the steps that a reader can undo and redo. From now on an undo can itself be undone:
 * entries that name each other form a chain, and the first one is in effect if an even number of entries follows.
 * Shipped: never edit; add the next number instead.
 */
export const readerActions: Migration = {
  version: 14,
  sql: `
    -- A comment on a label that its reader added later; null removes it. The newest one in effect counts.
    CREATE TABLE label_comments (
      id INTEGER PRIMARY KEY,
      label_id INTEGER NOT NULL REFERENCES labels (id),
      reader_id INTEGER NOT NULL REFERENCES readers (id),
      comment TEXT CHECK (comment <> ''),
      at TEXT NOT NULL,
      -- The comment, or the undo or redo of it, that this one undoes.
      undoes INTEGER UNIQUE REFERENCES label_comments (id)
    ) STRICT;
    CREATE INDEX label_comments_label ON label_comments (label_id, id);

    -- What a reader did at once, however many images it concerned; or an undo or redo of that (target).
    CREATE TABLE reader_actions (
      id INTEGER PRIMARY KEY,
      reader_id INTEGER NOT NULL REFERENCES readers (id),
      at TEXT NOT NULL,
      kind TEXT NOT NULL
        CHECK (kind IN ('label', 'adjudication', 'comment', 'region', 'entry-undo', 'undo', 'redo')),
      target INTEGER REFERENCES reader_actions (id),
      CHECK ((kind IN ('undo', 'redo')) = (target IS NOT NULL))
    ) STRICT;
    CREATE INDEX reader_actions_reader ON reader_actions (reader_id, id);
    CREATE INDEX reader_actions_target ON reader_actions (target, id) WHERE target IS NOT NULL;

    -- The entries of an action, in the order in which they were made.
    CREATE TABLE reader_action_entries (
      id INTEGER PRIMARY KEY,
      action_id INTEGER NOT NULL REFERENCES reader_actions (id),
      label_id INTEGER UNIQUE REFERENCES labels (id),
      comment_id INTEGER UNIQUE REFERENCES label_comments (id),
      change_id INTEGER UNIQUE REFERENCES region_changes (id),
      CHECK ((label_id IS NOT NULL) + (comment_id IS NOT NULL) + (change_id IS NOT NULL) = 1)
    ) STRICT;
    CREATE INDEX reader_action_entries_action ON reader_action_entries (action_id, id);

    CREATE TRIGGER label_comments_no_update BEFORE UPDATE ON label_comments
      BEGIN SELECT RAISE (ABORT, 'comments are append-only'); END;
    CREATE TRIGGER label_comments_no_delete BEFORE DELETE ON label_comments
      BEGIN SELECT RAISE (ABORT, 'comments are append-only'); END;
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
