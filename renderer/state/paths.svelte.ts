import type { CallInput, CallOutput } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

export type PathKind = CallInput<'dialog.choose'>['kind']
export type Directory = CallOutput<'directory.list'>

export interface PathRequest {
  kind: PathKind
  settle: (paths: string[]) => void
}

/** Choosing files and folders: by the system's dialog where the door has one, else by a dialog of the page. */
export class Paths {
  readonly #client: Client
  readonly #hasSystemDialog: () => boolean
  #request = $state.raw<PathRequest | null>(null)

  constructor(client: Client, hasSystemDialog: () => boolean) {
    this.#client = client
    this.#hasSystemDialog = hasSystemDialog
  }

  /** What the page's own dialog is asked for. */
  get request(): PathRequest | null {
    return this.#request
  }

  /** The chosen paths, none if the user thought better of it. */
  async choose(kind: PathKind): Promise<string[]> {
    if (this.#hasSystemDialog()) return (await this.#client['dialog.choose']({ kind })).paths
    return new Promise((settle) => (this.#request = { kind, settle }))
  }

  /** Answers the request under way. */
  answer(paths: string[]): void {
    this.#request?.settle(paths)
    this.#request = null
  }

  /** What a folder holds; null: the user's own. */
  list(path: string | null): Promise<Directory> {
    return this.#client['directory.list']({ path })
  }
}
