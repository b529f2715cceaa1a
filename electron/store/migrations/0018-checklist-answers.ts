import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. */
export const checklistAnswers: Migration = {
  version: 18,
  sql: `
    -- What a person says to items of a reporting checklist for a model. Of several answers to an item the last one counts.
    CREATE TABLE checklist_answers (
      id INTEGER PRIMARY KEY,
      model_id INTEGER NOT NULL REFERENCES models (id),
      checklist TEXT NOT NULL CHECK (checklist <> ''),
      item TEXT NOT NULL CHECK (item <> ''),
      -- NULL: the answer before was removed.
      answer TEXT CHECK (answer <> ''),
      -- The item does not apply to the study; the answer says why.
      is_not_applicable INTEGER NOT NULL CHECK (is_not_applicable IN (0, 1)),
      -- Who says so, and when, in their own words.
      said_by TEXT,
      said_at TEXT,
      at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX checklist_answers_model ON checklist_answers (model_id, checklist, id);
    CREATE TRIGGER checklist_answers_no_update BEFORE UPDATE ON checklist_answers
      BEGIN SELECT RAISE (ABORT, 'answers are append-only'); END;
    CREATE TRIGGER checklist_answers_no_delete BEFORE DELETE ON checklist_answers
      BEGIN SELECT RAISE (ABORT, 'answers are append-only'); END;
  `,
}
