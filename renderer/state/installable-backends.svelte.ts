import type { BackendDevice, CallOutput, InstallableName } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

/** Back-ends that a person may install on this machine. */
export class InstallableBackends {
  readonly #client: Client
  #state = $state.raw<CallOutput<'backend.list'> | null>(null)

  constructor(client: Client) {
    this.#client = client
  }

  /** null until the first answer. */
  get state(): CallOutput<'backend.list'> | null {
    return this.#state
  }

  async load(): Promise<void> {
    this.#state = await this.#client['backend.list']({})
  }

  /** @param folder has the files; null: they are downloaded */
  async install(name: InstallableName, device: BackendDevice, folder: string | null): Promise<number> {
    return (await this.#client['backend.install']({ name, device, folder })).jobId
  }

  async remove(name: InstallableName): Promise<number> {
    return (await this.#client['backend.remove']({ name })).jobId
  }
}
