import type { Writable } from '../connection.ts'

/**
 * Records what a reader said of an image; `className` null withdraws. Services have checked that the class
 * is one of the scheme; any other is a bug here.
 */
export function insertLabel(
  database: Writable,
  label: { imageId: number; className: string | null; reader: string },
): void {
  const at = new Date().toISOString()
  database
    .prepare('INSERT INTO readers (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING')
    .run(label.reader, at)
  const { changes } = database
    .prepare(
      `INSERT INTO labels (image_id, reader_id, class_id, at)
       SELECT ?, r.id, c.id, ? FROM readers r LEFT JOIN classes c ON c.name = ?
       WHERE r.name = ? AND (c.id IS NOT NULL OR ? IS NULL)`,
    )
    .run(label.imageId, at, label.className, label.reader, label.className)
  if (changes !== 1) throw new Error(`no class ${String(label.className)}`)
}
