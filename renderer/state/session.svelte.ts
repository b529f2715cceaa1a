import {
  formerNamesOf,
  presentClassName,
  type CallInput,
  type CallOutput,
  type PolicyKey,
  type PolicyView,
  type WorkspaceView,
} from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'
import { indexBy } from './collections.ts'

type Info = CallOutput<'app.info'>
type Recent = CallOutput<'workspace.recent'>

/** The reader, the open workspace, and facts about the application. */
export class Session {
  readonly #client: Client
  #info = $state.raw<Info | null>(null)
  #workspace = $state.raw<WorkspaceView | null>(null)
  #recent = $state.raw<Recent>([])
  #policy = $state.raw<PolicyView>({ source: null, locked: [] })
  #readerChanges = 0
  #byName = $derived(indexBy(this.#workspace?.classes ?? [], (tissueClass) => tissueClass.name))

  constructor(client: Client) {
    this.#client = client
  }

  /** null until the first answer. */
  get info(): Info | null {
    return this.#info
  }

  get workspace(): WorkspaceView | null {
    return this.#workspace
  }

  get classes(): WorkspaceView['classes'] {
    return this.#workspace?.classes ?? []
  }

  get recent(): Recent {
    return this.#recent
  }

  /** What an administrator has set for this computer. */
  get policy(): PolicyView {
    return this.#policy
  }

  /** A setting's value in words if the policy sets it; null: it is the user's. */
  locked(key: PolicyKey): string | null {
    return this.#policy.locked.find((rule) => rule.key === key)?.value ?? null
  }

  classOf(name: string | undefined): WorkspaceView['classes'][number] | undefined {
    return name === undefined ? undefined : this.#byName.get(name)
  }

  /** The present name of a class by any name that it had; null: there is none. */
  classNameOf(name: string): string | null {
    return this.#workspace === null ? null : presentClassName(this.#workspace, name)
  }

  formerNamesOf(className: string): string[] {
    return this.#workspace === null ? [] : formerNamesOf(this.#workspace, className)
  }

  async load(): Promise<void> {
    const [info, workspace, recent, policy] = await Promise.all([
      this.#client['app.info']({}),
      this.#client['workspace.current']({}),
      this.#client['workspace.recent']({}),
      this.#client['app.policy']({}),
    ])
    this.#policy = policy
    this.#info = info
    this.#workspace = workspace
    this.#recent = recent
  }

  /** The text of a support bundle. */
  async supportBundle(): Promise<string> {
    return (await this.#client['app.supportBundle']({})).text
  }

  writeSupportBundle(path: string, replace: boolean): Promise<CallOutput<'app.writeSupportBundle'>> {
    return this.#client['app.writeSupportBundle']({ path, replace })
  }

  async acknowledge(): Promise<void> {
    await this.#client['app.acknowledge']({})
    if (this.#info !== null) this.#info = { ...this.#info, acknowledged: true }
  }

  async nameReader(name: string): Promise<void> {
    await this.changingReader(this.#client['reader.set']({ name }))
  }

  /** Whether this page is changing the reader or blind reading: an event about that is no news. */
  get isChangingReader(): boolean {
    return this.#readerChanges > 0
  }

  async changingReader(work: Promise<unknown>): Promise<void> {
    this.#readerChanges++
    try {
      await work
    } finally {
      this.#readerChanges--
    }
  }

  /** The reader has changed, or blind reading was switched on or off. */
  setReader(reader: string, isBlind: boolean): void {
    if (this.#info !== null) this.#info = { ...this.#info, reader, isBlind }
  }

  /** @param handover what the user answered about a workspace that was handed over */
  async open(path: string, handover: 'begin' | 'look' | null = null): Promise<void> {
    const opening = this.#client['workspace.open']({ path, handover })
    await this.changingReader(opening)
    this.show(await opening)
    await this.loadRecent()
  }

  /** Makes the database of a workspace as Lobule made it; returns the path of the copy that it keeps. */
  async mend(given: CallInput<'workspace.mend'>): Promise<string> {
    return (await this.#client['workspace.mend'](given)).copy
  }

  async create(path: string, classes: string): Promise<void> {
    this.show(await this.#client['workspace.create']({ path, classes }))
    await this.loadRecent()
  }

  /** Closes the workspace; the page follows by the event of it, which comes first. */
  async close(): Promise<void> {
    await this.#client['workspace.close']({})
  }

  show(workspace: WorkspaceView | null): void {
    this.#workspace = workspace
  }

  async loadRecent(): Promise<void> {
    this.#recent = await this.#client['workspace.recent']({})
  }
}
