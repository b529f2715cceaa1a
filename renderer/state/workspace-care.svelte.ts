import {
  AppError,
  type ClassScheme,
  type CleanablePart,
  type WorkspaceInfo,
} from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

/** What the settings say of the open workspace, and what they can do to it. */
export class WorkspaceCare {
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

  /** Another class scheme. What refuses it is answered, null: it is in force. */
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

  /** Removes what can be made again; answers how many bytes that freed. */
  async clean(what: { [K in CleanablePart]?: boolean }): Promise<number> {
    const { removedBytes } = await this.#client['storage.clean'](what)
    await this.load()
    return removedBytes
  }
}
