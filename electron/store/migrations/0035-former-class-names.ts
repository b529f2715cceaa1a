import type { Migration } from './migration.ts'

/** The names that classes had before they were renamed. Shipped: never edit; add the next number instead. */
export const formerClassNames: Migration = {
  version: 35,
  sql: `
    -- A name is that of one class for ever. The first row of a class is the name that it was made with.
    CREATE TABLE former_class_names (
      id INTEGER PRIMARY KEY,
      class_id INTEGER NOT NULL REFERENCES classes (id),
      name TEXT NOT NULL UNIQUE,
      -- When the class first got another name.
      until TEXT NOT NULL
    ) STRICT;
    CREATE INDEX former_class_names_class ON former_class_names (class_id, id);
    CREATE TRIGGER former_class_names_no_update BEFORE UPDATE ON former_class_names
      BEGIN SELECT RAISE (ABORT, 'former names are append-only'); END;
    -- A scheme that no label and no region uses can be replaced, with all its names.
    CREATE TRIGGER former_class_names_no_delete BEFORE DELETE ON former_class_names
      WHEN EXISTS (SELECT 1 FROM labels WHERE class_id = old.class_id)
        OR EXISTS (SELECT 1 FROM region_entries WHERE class_id = old.class_id)
      BEGIN SELECT RAISE (ABORT, 'former names are append-only'); END;
    CREATE TRIGGER classes_no_former_name_new BEFORE INSERT ON classes
      WHEN EXISTS (SELECT 1 FROM former_class_names WHERE name = new.name)
      BEGIN SELECT RAISE (ABORT, 'another class had this name'); END;
    CREATE TRIGGER classes_no_former_name BEFORE UPDATE OF name ON classes
      WHEN EXISTS (SELECT 1 FROM former_class_names WHERE name = new.name AND class_id <> new.id)
      BEGIN SELECT RAISE (ABORT, 'another class had this name'); END;
  `,
}
