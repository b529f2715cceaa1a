import type { AgreementBasis, AgreementReport, KnownReader } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

/** Who reads in the open workspace, and how far they agree. */
export class Readers {
  readonly #client: Client
  #all = $state.raw<readonly KnownReader[]>([])
  #agreement = $state.raw<AgreementReport | null>(null)

  constructor(client: Client) {
    this.#client = client
  }

  get all(): readonly KnownReader[] {
    return this.#all
  }

  /** As it was last asked for; null: not yet. */
  get agreement(): AgreementReport | null {
    return this.#agreement
  }

  async load(): Promise<void> {
    this.#all = await this.#client['reader.list']({})
  }

  clear(): void {
    this.#all = []
    this.#agreement = null
  }

  async add(name: string): Promise<void> {
    await this.#client['reader.add']({ name })
    await this.load()
  }

  async setBlind(isBlind: boolean): Promise<void> {
    await this.#client['reader.setBlind']({ isBlind })
  }

  async compare(basis: AgreementBasis): Promise<void> {
    this.#agreement = await this.#client['reading.agreement']({ basis })
  }

  /** What was shown is out of date, or not to be shown any more. */
  forget(): void {
    this.#agreement = null
  }
}
