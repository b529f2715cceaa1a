import type { Migration } from './migration.ts'

/**
 * Lines among the regions. The number alone keeps programs away that know none; the kinds are said from now on.
 * Shipped: never edit; add the next number instead.
 */
export const lines: Migration = {
  version: 9,
  sql: `
    CREATE TRIGGER region_entries_kind BEFORE INSERT ON region_entries
      WHEN NEW.geometry IS NOT NULL AND
        coalesce(json_extract(NEW.geometry, '$.kind'), '') NOT IN ('rectangle', 'polygon', 'point', 'line')
      BEGIN SELECT RAISE (ABORT, 'no such kind of region'); END;
  `,
}
