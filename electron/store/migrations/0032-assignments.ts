import type { Migration } from './migration.ts'

/** Which reader is to read which images. Shipped: never edit; add the next number instead. */
export const assignments: Migration = {
  version: 32,
  sql: `
    -- The newest one of an image and a reader counts.
    CREATE TABLE assignments (
      id INTEGER PRIMARY KEY,
      at TEXT NOT NULL,
      -- Who is to read.
      reader_id INTEGER NOT NULL REFERENCES readers (id),
      -- 0: the images are not assigned to the reader any more.
      assigned INTEGER NOT NULL CHECK (assigned IN (0, 1)),
      -- The last day, or null.
      due TEXT
    ) STRICT;
    CREATE TABLE assigned_images (
      assignment_id INTEGER NOT NULL REFERENCES assignments (id),
      image_id INTEGER NOT NULL REFERENCES images (id),
      PRIMARY KEY (assignment_id, image_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX assigned_images_image ON assigned_images (image_id, assignment_id);
    CREATE TRIGGER assignments_no_update BEFORE UPDATE ON assignments
      BEGIN SELECT RAISE (ABORT, 'assignments are append-only'); END;
    CREATE TRIGGER assignments_no_delete BEFORE DELETE ON assignments
      BEGIN SELECT RAISE (ABORT, 'assignments are append-only'); END;
    CREATE TRIGGER assigned_images_no_update BEFORE UPDATE ON assigned_images
      BEGIN SELECT RAISE (ABORT, 'assignments are append-only'); END;
    CREATE TRIGGER assigned_images_no_delete BEFORE DELETE ON assigned_images
      BEGIN SELECT RAISE (ABORT, 'assignments are append-only'); END;
  `,
}
