import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomicallySync } from '../../base/atomic-file.ts'

const knownHeadSchema = z.object({
  /** When the workspace was created. Tells it from another one in the same folder. */
  createdAt: z.string(),
  /** Number and hash of the newest event. */
  event: z.int().positive(),
  hash: z.string(),
})
export type KnownHead = z.infer<typeof knownHeadSchema>

const fileSchema = z.array(knownHeadSchema.extend({ path: z.string() }))
const maxWorkspaces = 500

/**
 * The newest event of each workspace when this computer last found its trail whole. Stored in `audit-heads.json` of the
 * data folder, outside the workspace, so that events cut off there are noticed.
 */
export class KnownHeads {
  readonly #directory: string

  constructor(homeDirectory: string) {
    this.#directory = homeDirectory
  }

  /** null: unknown workspace. */
  of(path: string, createdAt: string): KnownHead | null {
    return this.#read().find((known) => known.path === path && known.createdAt === createdAt) ?? null
  }

  save(path: string, head: KnownHead): void {
    const others = this.#read().filter((known) => known.path !== path)
    const content = [{ path, ...head }, ...others].slice(0, maxWorkspaces)
    writeAtomicallySync(join(this.#directory, 'audit-heads.json'), JSON.stringify(content, null, 2))
  }

  /** Read each time, since another Lobule may have written it. An unreadable file counts as empty. */
  #read(): z.infer<typeof fileSchema> {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(join(this.#directory, 'audit-heads.json'), 'utf8')))
    } catch {
      return []
    }
  }
}
