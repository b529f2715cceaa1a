import Sqlite from 'better-sqlite3'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { migrate } from '../../electron/store/migrations/index.ts'

/** When everything in an old workspace happened. */
export const oldTime = '2026-01-01T00:00:00.000Z'

/** SQL of an image, in the columns that every format has. */
export const oldImage = (id: number): string =>
  `INSERT INTO images (id, sha256, path, byte_count, format, width_px, height_px, pixel_size_source, synthetic, imported_at)
   VALUES (${id}, '${String(id).repeat(64)}', '/pictures/${id}.png', 10, 'png', 40, 30, 'none', 0, '${oldTime}');`

/** SQL of two labels of the first image, format 2 or later: one that was given, and its undo. */
export const oldLabels = `
  INSERT INTO labels (id, image_id, reader_id, class_id, at, comment, undoes)
    VALUES (1, 1, 1, 1, '${oldTime}', 'sure', NULL), (2, 1, 1, NULL, '${oldTime}', NULL, 1);`

/**
 * Makes a workspace as an older version wrote it, with two classes and the reader ada; answers its path.
 * @param format the newest migration that it knew
 * @param rows SQL of what else is in it
 */
export function oldWorkspace(folder: string, format: number, rows: string): string {
  const workspace = join(folder, 'w')
  mkdirSync(workspace)
  const database = new Sqlite(join(workspace, 'workspace.sqlite'))
  database.pragma('application_id = 0x4c4f4255')
  migrate(database, format)
  database.exec(`
    INSERT INTO workspace VALUES (1, 'w', '${oldTime}');
    INSERT INTO classes VALUES (1, 0, 'Benign', 0, '1', '#0072b2'), (2, 1, 'Malignant', 1, '2', '#009e73');
    INSERT INTO readers VALUES (1, 'ada', '${oldTime}');
    ${rows}`)
  database.close()
  return workspace
}
