import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. */
export const regions: Migration = {
  version: 8,
  sql: `
    -- Something drawn on an image. What it is stands in its entries.
    CREATE TABLE regions (
      id INTEGER PRIMARY KEY,
      image_id INTEGER NOT NULL REFERENCES images (id),
      uuid TEXT NOT NULL UNIQUE CHECK (length(uuid) = 36)
    ) STRICT;
    CREATE INDEX regions_image ON regions (image_id, id);

    -- What a reader did to regions of an image at once; each can be taken back once.
    CREATE TABLE region_changes (
      id INTEGER PRIMARY KEY,
      image_id INTEGER NOT NULL REFERENCES images (id),
      reader_id INTEGER NOT NULL REFERENCES readers (id),
      at TEXT NOT NULL,
      undoes INTEGER UNIQUE REFERENCES region_changes (id)
    ) STRICT;
    CREATE INDEX region_changes_image ON region_changes (image_id, id);

    -- How a region stands after a change, whole; without a geometry it is gone. The newest entry counts.
    CREATE TABLE region_entries (
      id INTEGER PRIMARY KEY,
      change_id INTEGER NOT NULL REFERENCES region_changes (id),
      region_id INTEGER NOT NULL REFERENCES regions (id),
      -- JSON: contract/regions.ts.
      geometry TEXT CHECK (json_valid(geometry)),
      class_id INTEGER REFERENCES classes (id),
      name TEXT CHECK (name <> ''),
      comment TEXT CHECK (comment <> ''),
      UNIQUE (change_id, region_id)
    ) STRICT;
    CREATE INDEX region_entries_region ON region_entries (region_id, id);

    CREATE TRIGGER regions_no_update BEFORE UPDATE ON regions
      BEGIN SELECT RAISE (ABORT, 'regions are append-only'); END;
    CREATE TRIGGER regions_no_delete BEFORE DELETE ON regions
      BEGIN SELECT RAISE (ABORT, 'regions are append-only'); END;
    CREATE TRIGGER region_changes_no_update BEFORE UPDATE ON region_changes
      BEGIN SELECT RAISE (ABORT, 'regions are append-only'); END;
    CREATE TRIGGER region_changes_no_delete BEFORE DELETE ON region_changes
      BEGIN SELECT RAISE (ABORT, 'regions are append-only'); END;
    CREATE TRIGGER region_entries_no_update BEFORE UPDATE ON region_entries
      BEGIN SELECT RAISE (ABORT, 'regions are append-only'); END;
    CREATE TRIGGER region_entries_no_delete BEFORE DELETE ON region_entries
      BEGIN SELECT RAISE (ABORT, 'regions are append-only'); END;
  `,
}
