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

  /**
   * Changes the class scheme; where there are labels, other names one by one. Returns the error if it is refused, else null.
   * @param present the classes as they are
   */
  async setClasses(classes: ClassScheme, present: ClassScheme): Promise<AppError | null> {
    try {
      if ((this.#info?.labelEntries ?? 0) === 0) await this.#client['classes.set']({ classes })
      else await this.#changeUsed(classes, present)
      await this.load()
      return null
    } catch (error) {
      if (error instanceof AppError) return error
      throw error
    }
  }

  async #changeUsed(classes: ClassScheme, present: ClassScheme): Promise<void> {
    for (const [index, { name }] of present.entries()) {
      const newName = classes[index]?.name ?? name
      if (newName !== name) await this.#client['classes.rename']({ name, newName })
    }
    const isRestyled = classes.some(
      ({ key, colour }, index) => key !== present[index]?.key || colour !== present[index].colour,
    )
    if (isRestyled) await this.#client['classes.set']({ classes })
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
