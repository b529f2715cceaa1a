import type { CallInput, CallOutput } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

export type PathKind = CallInput<'dialog.choose'>['kind']
export type Directory = CallOutput<'directory.list'>

export interface PathRequest {
  kind: PathKind
  resolve: (paths: string[]) => void
}

/** Lets the user choose files and folders: in the system's dialog in a window, else in a dialog of the page. */
export class Paths {
  readonly #client: Client
  readonly #hasSystemDialog: () => boolean
  #request = $state.raw<PathRequest | null>(null)

  constructor(client: Client, hasSystemDialog: () => boolean) {
    this.#client = client
    this.#hasSystemDialog = hasSystemDialog
  }

  /** The pending request for the page's own dialog. */
  get request(): PathRequest | null {
    return this.#request
  }

  /** The chosen paths; empty if the user cancelled. */
  async choose(kind: PathKind): Promise<string[]> {
    if (this.#hasSystemDialog()) return (await this.#client['dialog.choose']({ kind })).paths
    return new Promise((resolve) => (this.#request = { kind, resolve }))
  }

  /** Answers the pending request. */
  answer(paths: string[]): void {
    this.#request?.resolve(paths)
    this.#request = null
  }

  /** Makes a folder, and returns its path. */
  async create(path: string): Promise<string> {
    return (await this.#client['directory.create']({ path })).path
  }

  /** The content of a folder; null: the user's home folder. */
  list(path: string | null): Promise<Directory> {
    return this.#client['directory.list']({ path })
  }
}
