import type { Readable, Writable } from '../connection.ts'

export function insertWorkspace(database: Writable, name: string): void {
  database
    .prepare('INSERT INTO workspace (id, name, created_at) VALUES (1, ?, ?)')
    .run(name, new Date().toISOString())
}

export interface WorkspaceCounts {
  name: string
  imageCount: number
  labelledCount: number
  modelCount: number
}

export function readWorkspace(database: Readable): WorkspaceCounts {
  return database
    .prepare<[], WorkspaceCounts>(
      `SELECT name,
        (SELECT count(*) FROM images) AS imageCount,
        (SELECT count(*) FROM images i WHERE
          (SELECT class_id FROM labels l WHERE l.image_id = i.id ORDER BY l.id DESC LIMIT 1) IS NOT NULL
        ) AS labelledCount,
        (SELECT count(*) FROM models) AS modelCount
      FROM workspace`,
    )
    .get() as WorkspaceCounts
}
