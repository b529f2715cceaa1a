import type { Migration } from './migration.ts'

/** Shipped: never edit; add the next number instead. */
export const cameraBits: Migration = {
  version: 25,
  sql: `
    -- The bits of the camera whose values a picture of 16 bits has; null: the values are read as they are.
    ALTER TABLE images ADD COLUMN camera_bits INTEGER CHECK (camera_bits IN (10, 12, 14));
  `,
}
