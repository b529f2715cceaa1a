import type { WorkspaceInfo } from '../../contract/index.ts'
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

export type StoredInfo = Omit<WorkspaceInfo, 'path' | 'bytes' | 'freeBytes' | 'readers'>

/** What the database knows of itself. */
export function readWorkspaceInfo(database: Readable): StoredInfo {
  const info = database
    .prepare<[], Omit<StoredInfo, 'classes' | 'labelled'>>(
      `SELECT name, created_at AS createdAt,
        (SELECT user_version FROM pragma_user_version) AS format,
        (SELECT count(*) FROM images) AS images,
        (SELECT count(*) FROM images WHERE copied_path IS NOT NULL) AS copied,
        (SELECT count(*) FROM cases) AS cases,
        (SELECT count(*) FROM labels) AS labelEntries,
        (SELECT count(*) FROM models) AS models,
        (SELECT count(*) FROM verdicts) AS verdicts
      FROM workspace`,
    )
    .get()
  const classes = database
    .prepare<[], { name: string; isPositive: number; images: number }>(
      `SELECT c.name, c.is_positive AS isPositive,
        (SELECT count(*) FROM labels l WHERE l.class_id = c.id
          AND l.id = (SELECT max(id) FROM labels WHERE image_id = l.image_id)) AS images
       FROM classes c ORDER BY c.position`,
    )
    .all()
    .map((row) => ({ ...row, isPositive: row.isPositive === 1 }))
  const labelled = classes.reduce((sum, { images }) => sum + images, 0)
  return { ...(info as Omit<StoredInfo, 'classes' | 'labelled'>), labelled, classes }
}
