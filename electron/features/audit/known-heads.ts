import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomicallySync } from '../../base/atomic-file.ts'

const knownHeadSchema = z.object({
  /** Of the workspace: another one in the same folder is nothing to compare with. */
  createdAt: z.string(),
  /** Number and hash of the newest event that was seen. */
  event: z.int().positive(),
  hash: z.string(),
})
export type KnownHead = z.infer<typeof knownHeadSchema>

const fileSchema = z.array(knownHeadSchema.extend({ path: z.string() }))
const mostKept = 500

/**
 * The newest event of each workspace as this machine last saw it whole, in `audit-heads.json` of the data folder:
 * outside the workspace, so that a trail that was cut there shows.
 */
export class KnownHeads {
  readonly #directory: string

  constructor(homeDirectory: string) {
    this.#directory = homeDirectory
  }

  /** null: never seen. */
  of(path: string, createdAt: string): KnownHead | null {
    return this.#read().find((known) => known.path === path && known.createdAt === createdAt) ?? null
  }

  save(path: string, head: KnownHead): void {
    const others = this.#read().filter((known) => known.path !== path)
    const content = [{ path, ...head }, ...others].slice(0, mostKept)
    writeAtomicallySync(join(this.#directory, 'audit-heads.json'), JSON.stringify(content, null, 2))
  }

  /** Read anew each time, since another Lobule may have written it. A file that cannot be read knows nothing. */
  #read(): z.infer<typeof fileSchema> {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(join(this.#directory, 'audit-heads.json'), 'utf8')))
    } catch {
      return []
    }
  }
}
