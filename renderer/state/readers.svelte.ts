import type {
  AgreementBasis,
  AgreementReport,
  AssignmentView,
  CallInput,
  KnownReader,
  ReaderStudy,
  ReadingsExport,
  ReadingsImport,
} from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'
import type { Session } from './session.svelte.ts'

/** The readers of the open workspace, and their agreement. */
export class Readers {
  readonly #client: Client
  readonly #session: Pick<Session, 'changingReader'>
  #all = $state.raw<readonly KnownReader[]>([])
  #agreement = $state.raw<AgreementReport | null>(null)
  #study = $state.raw<ReaderStudy | null>(null)
  #assignments = $state.raw<readonly AssignmentView[]>([])

  constructor(client: Client, session: Pick<Session, 'changingReader'>) {
    this.#client = client
    this.#session = session
  }

  get all(): readonly KnownReader[] {
    return this.#all
  }

  /** The last agreement report; null: none yet. */
  get agreement(): AgreementReport | null {
    return this.#agreement
  }

  /** The last reader study; null: none yet. */
  get study(): ReaderStudy | null {
    return this.#study
  }

  /** What is assigned to readers; for a blind reader their own images alone. */
  get assignments(): readonly AssignmentView[] {
    return this.#assignments
  }

  async load(): Promise<void> {
    this.#all = await this.#client['reader.list']({})
  }

  clear(): void {
    this.#all = []
    this.forget()
  }

  async add(name: string): Promise<void> {
    await this.#client['reader.add']({ name })
    await this.load()
  }

  async setBlind(isBlind: boolean): Promise<void> {
    await this.#session.changingReader(this.#client['reader.setBlind']({ isBlind }))
  }

  async compare(basis: AgreementBasis): Promise<void> {
    this.#agreement = await this.#client['reading.agreement']({ basis })
  }

  async measure(): Promise<void> {
    this.#study = await this.#client['reading.study']({})
  }

  async loadAssignments(): Promise<void> {
    this.#assignments = await this.#client['assignment.list']({})
  }

  /** The event that follows loads the images again, as for `endAssignment`. Returns how many changed. */
  async assign(imageIds: readonly number[], to: string, due: string | null): Promise<number> {
    return (await this.#client['assignment.add']({ imageIds: [...imageIds], to, due })).changed
  }

  async endAssignment({ imageIds, reader }: AssignmentView, reason: string): Promise<number> {
    return (await this.#client['assignment.remove']({ imageIds, to: reader, reason })).changed
  }

  /** Writes the readings of the workspace, of a blind reader only their own, for another computer. */
  exportReadings(path: string, replace: boolean): Promise<ReadingsExport> {
    return this.#client['exchange.export']({ path, replace })
  }

  /** Starts a handover to a reader on another computer; returns its job. */
  async handOver(input: CallInput<'exchange.handOver'>): Promise<number> {
    return (await this.#client['exchange.handOver'](input)).jobId
  }

  importReadings(path: string): Promise<ReadingsImport> {
    return this.#client['exchange.import']({ path })
  }

  /** Discards the reports: they are outdated, or may not be shown any more. */
  forget(): void {
    this.#agreement = null
    this.#study = null
    this.#assignments = []
  }
}
