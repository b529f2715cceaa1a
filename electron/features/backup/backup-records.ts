import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomicallySync } from '../../base/atomic-file.ts'
import { sha256 } from '../../base/sha256.ts'
import { backupScheduleSchema, defaultSchedule, type BackupSchedule } from '../../contract/index.ts'

const recordSchema = z.object({
  path: z.string(),
  /** When the workspace was created. Tells it from another one in the same folder. */
  createdAt: z.string(),
  schedule: backupScheduleSchema,
  last: z.object({ at: z.string(), path: z.string() }).nullable(),
  failure: z.string().nullable(),
})
type BackupRecord = Pick<z.infer<typeof recordSchema>, 'schedule' | 'last' | 'failure'>

/**
 * The schedule and the last backup of each workspace on this computer, in `backups` of the data folder: they belong to
 * the machine, since a folder for backups does.
 */
export class BackupRecords {
  readonly #directory: string

  constructor(homeDirectory: string) {
    this.#directory = homeDirectory
  }

  /** Read each time, since another Lobule may have written it. */
  of(path: string, createdAt: string): BackupRecord {
    try {
      const record = recordSchema.parse(JSON.parse(readFileSync(this.#fileOf(path), 'utf8')))
      if (record.createdAt === createdAt) return record
    } catch {
      // An unreadable file counts as none.
    }
    const schedule: BackupSchedule = defaultSchedule
    return { schedule, last: null, failure: null }
  }

  change(path: string, createdAt: string, change: Partial<BackupRecord>): void {
    const record = { ...this.of(path, createdAt), path, createdAt, ...change }
    writeAtomicallySync(this.#fileOf(path), JSON.stringify(record, null, 2))
  }

  #fileOf(path: string): string {
    return join(this.#directory, 'backups', `${sha256(path)}.json`)
  }
}
