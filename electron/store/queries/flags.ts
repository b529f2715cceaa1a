import type { QualityFlag } from '../../contract/index.ts'
import type { Readable, Writable } from '../database.ts'

/** Stores the quality flags of an image; a new measurement replaces the previous one. */
export function saveFlags(database: Writable, imageId: number, flags: readonly QualityFlag[]): void {
  database
    .prepare(
      `INSERT INTO image_flags (image_id, flags, at) VALUES (?, ?, ?)
       ON CONFLICT (image_id) DO UPDATE SET flags = excluded.flags, at = excluded.at`,
    )
    .run(imageId, JSON.stringify(flags), new Date().toISOString())
}

/** The quality flags of an image, or null if they were never measured. */
export function readFlags(database: Readable, imageId: number): QualityFlag[] | null {
  const row = database
    .prepare<[number], { flags: string }>('SELECT flags FROM image_flags WHERE image_id = ?')
    .get(imageId)
  return row === undefined ? null : (JSON.parse(row.flags) as QualityFlag[])
}
