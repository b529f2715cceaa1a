import { join } from 'node:path'
import Database from 'better-sqlite3'

/** The numbers under which a blind reader gets the images of a workspace (application/blinded-view.ts), to their ids. */
export function aliasesIn(workspace: string): ReadonlyMap<string, string> {
  const database = new Database(join(workspace, 'workspace.sqlite'), { readonly: true })
  const images = database.prepare<[], { id: number; sha256: string }>('SELECT id, sha256 FROM images').all()
  database.close()
  return new Map(
    images.map(({ id, sha256 }) => [
      String(2 ** 52 + Number.parseInt(sha256.slice(0, 12), 16) * 16),
      String(id),
    ]),
  )
}
