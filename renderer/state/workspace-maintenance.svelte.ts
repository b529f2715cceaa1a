import {
  AppError,
  type ClassScheme,
  type CleanablePart,
  type WorkspaceInfo,
} from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

/** Facts about the open workspace, and its maintenance: classes, check, relink, storage. */
export class WorkspaceMaintenance {
  readonly #client: Client
  #info = $state.raw<WorkspaceInfo | null>(null)

  constructor(client: Client) {
    this.#client = client
  }

  /** null until the first answer. */
  get info(): WorkspaceInfo | null {
    return this.#info
  }

  async load(): Promise<void> {
    this.#info = await this.#client['workspace.info']({})
  }

  clear(): void {
    this.#info = null
  }

  /** Changes the class scheme. Returns the error if it is refused, else null. */
  async setClasses(classes: ClassScheme): Promise<AppError | null> {
    try {
      await this.#client['classes.set']({ classes })
      await this.load()
      return null
    } catch (error) {
      if (error instanceof AppError) return error
      throw error
    }
  }

  async check(): Promise<number> {
    return (await this.#client['workspace.check']({})).jobId
  }

  async relink(directory: string): Promise<number> {
    return (await this.#client['workspace.relink']({ directory })).jobId
  }

  /** Removes files that can be computed again; returns the number of freed bytes. */
  async clean(what: { [K in CleanablePart]?: boolean }): Promise<number> {
    const { removedBytes } = await this.#client['storage.clean'](what)
    await this.load()
    return removedBytes
  }
}
