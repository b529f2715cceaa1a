import type { BackupSchedule, BackupState, CallOutput } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

/** Backups of the open workspace: the last one, their schedule, and what is done with a backup file. */
export class Backups {
  readonly #client: Client
  #state = $state.raw<BackupState | null>(null)
  #isPutOff = $state(false)

  constructor(client: Client) {
    this.#client = client
  }

  /** null until the first answer. */
  get state(): BackupState | null {
    return this.#state
  }

  /** Days without a backup, if the page must remind of it; else null. */
  get remindDays(): number | null {
    return this.#isPutOff ? null : (this.#state?.remindDays ?? null)
  }

  async load(): Promise<void> {
    this.#state = await this.#client['backup.state']({})
  }

  clear(): void {
    this.#state = null
    this.#isPutOff = false
  }

  /** No reminder until the workspace is opened again. */
  putOff(): void {
    this.#isPutOff = true
  }

  async create(path: string): Promise<number> {
    return (await this.#client['backup.create']({ path })).jobId
  }

  async verify(path: string): Promise<number> {
    return (await this.#client['backup.verify']({ path })).jobId
  }

  async restore(path: string, directory: string): Promise<number> {
    return (await this.#client['backup.restore']({ path, directory })).jobId
  }

  rescue(directory: string): Promise<CallOutput<'backup.rescue'>> {
    return this.#client['backup.rescue']({ directory })
  }

  async change(schedule: BackupSchedule): Promise<void> {
    this.#state = await this.#client['backup.schedule'](schedule)
  }
}
