import {
  AppError,
  type ClassScheme,
  type CleanablePart,
  type WorkspaceInfo,
} from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'
import { keepsPlaces } from './class-places.ts'

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
   * Changes the class scheme: other names one by one, so that each class keeps its labels, regions and models; other classes as
   * a whole. Returns the error if it is refused, else null.
   * @param before the classes that were edited: a name that is the same as there is not changed
   */
  async setClasses(classes: ClassScheme, before: ClassScheme): Promise<AppError | null> {
    const areSame =
      keepsPlaces(classes, before) &&
      classes.every(({ isPositive }, index) => isPositive === before[index]?.isPositive)
    try {
      if (areSame) await this.#renameAndRestyle(classes, before)
      else await this.#client['classes.set']({ classes })
      await this.load()
      return null
    } catch (error) {
      if (error instanceof AppError) return error
      throw error
    }
  }

  async #renameAndRestyle(classes: ClassScheme, before: ClassScheme): Promise<void> {
    for (const [index, { name }] of before.entries()) {
      const newName = classes[index]?.name ?? name
      if (newName !== name) await this.#client['classes.rename']({ name, newName })
    }
    const isRestyled = classes.some(
      ({ key, colour }, index) => key !== before[index]?.key || colour !== before[index].colour,
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
