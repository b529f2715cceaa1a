import { AppError, dropAddress, hasCode } from '../../electron/contract/index.ts'
import type { Upload } from '../api/page-bridge.ts'
import type { Client } from '../api/client.ts'
import type { DroppedFile } from './dropped-files.ts'

/** Enough to keep the disk busy. */
const filesInFlight = 3

/** Files that were dropped on a browser's page and are being sent to the workspace. */
export class Drop {
  readonly files: number
  readonly bytes: number
  readonly #client: Client
  readonly #upload: Upload
  readonly #aborted = new AbortController()
  #dropId: string | null = null
  #sent = $state(0)
  #sentBytes = $state(0)
  /** Where the files are stored now. */
  #paths = $state.raw<readonly string[]>([])
  #error = $state.raw<AppError | null>(null)

  constructor(files: readonly DroppedFile[], client: Client, upload: Upload) {
    this.files = files.length
    this.bytes = files.reduce((sum, { file }) => sum + file.size, 0)
    this.#client = client
    this.#upload = upload
    void this.#send(files)
  }

  get sent(): number {
    return this.#sent
  }

  /** Sent part of the bytes, 0 to 1. */
  get fraction(): number {
    return this.bytes === 0 ? this.#sent / this.files : this.#sentBytes / this.bytes
  }

  get isComplete(): boolean {
    return this.#paths.length === this.files
  }

  /** Why sending failed; null: it has not failed. */
  get error(): AppError | null {
    return this.#error
  }

  /** All files except the tables. Empty until all are sent. */
  get images(): string[] {
    return this.isComplete ? this.#paths.filter((path) => !isTable(path)) : []
  }

  get tables(): string[] {
    return this.isComplete ? this.#paths.filter(isTable) : []
  }

  /** Stops sending and removes what was sent. */
  async discard(): Promise<void> {
    this.#aborted.abort()
    if (this.#dropId !== null) await this.#client['drop.discard']({ dropId: this.#dropId })
  }

  async #send(files: readonly DroppedFile[]): Promise<void> {
    try {
      const { dropId } = await this.#client['drop.begin']({ files: this.files, bytes: this.bytes })
      this.#dropId = dropId
      const paths: string[] = []
      const waiting = files.entries()
      const sendNext = async (): Promise<void> => {
        for (const [index, dropped] of waiting) paths[index] = await this.#sendOne(dropId, dropped)
      }
      await Promise.all(Array.from({ length: filesInFlight }, sendNext))
      this.#paths = paths
    } catch (error) {
      this.#aborted.abort()
      if (hasCode(error, 'job.cancelled')) return
      this.#error = error instanceof AppError ? error : new AppError('connection.lost', {})
    }
  }

  async #sendOne(dropId: string, { path, file }: DroppedFile): Promise<string> {
    let before = 0
    const count = (bytes: number): void => {
      this.#sentBytes += bytes - before
      before = bytes
    }
    const { signal } = this.#aborted
    const storedPath = await this.#upload(dropAddress(dropId, path), file, { signal, onSent: count })
    count(file.size)
    this.#sent++
    return storedPath
  }
}

const isTable = (path: string): boolean => path.toLowerCase().endsWith('.csv')
