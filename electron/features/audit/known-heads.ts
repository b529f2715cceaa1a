import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomicallySync } from '../../base/atomic-file.ts'
import { sha256 } from '../../base/sha256.ts'

const knownHeadSchema = z.object({
  /** When the workspace was created. Tells it from another one in the same folder. */
  createdAt: z.string(),
  /** Number and hash of the newest event. */
  event: z.int().positive(),
  hash: z.string(),
})
export type KnownHead = z.infer<typeof knownHeadSchema>

const storedSchema = knownHeadSchema.extend({ path: z.string() })
type StoredHead = z.infer<typeof storedSchema>

/**
 * The newest event of each workspace that this computer has seen. Stored in `audit-heads` of the data folder, outside the
 * workspace, so that events cut off there are noticed. Each workspace has a file of its own: several Lobules store at the
 * same time.
 */
export class KnownHeads {
  readonly #directory: string

  constructor(homeDirectory: string) {
    this.#directory = homeDirectory
  }

  /** null: unknown workspace. Read each time, since another Lobule may have written it. */
  of(path: string, createdAt: string): KnownHead | null {
    const own = read(this.#fileOf(path), storedSchema)
    const known = own === null ? this.#listed() : [own]
    return known.find((head) => head.path === path && head.createdAt === createdAt) ?? null
  }

  save(path: string, head: KnownHead): void {
    writeAtomicallySync(this.#fileOf(path), JSON.stringify({ path, ...head }, null, 2))
  }

  #fileOf(path: string): string {
    return join(this.#directory, 'audit-heads', `${sha256(path)}.json`)
  }

  /** As earlier versions stored them: all in one file. */
  #listed(): StoredHead[] {
    return read(join(this.#directory, 'audit-heads.json'), z.array(storedSchema)) ?? []
  }
}

/** An unreadable file counts as none. */
function read<T>(path: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}
