import { AppError, parseClassScheme, type AnyEvent, type WorkspaceView } from '../contract/index.ts'
import { JobQueue } from '../jobs/queue.ts'
import {
  createWorkspace,
  listClasses,
  openScratchStore,
  nameReader,
  openWorkspace,
  readWorkspace,
  type Store,
  type Writable,
} from '../store/index.ts'

/** The workspace that is open, or none, and the jobs that belong to it. */
export class Session {
  readonly #emit: (event: AnyEvent) => void
  readonly #program: string
  readonly #reader: () => string
  #store: Store
  #queue: JobQueue

  /** @param reader who reads at this machine, for the audit trail */
  constructor(program: string, emit: (event: AnyEvent) => void, reader: () => string) {
    this.#program = program
    this.#reader = reader
    this.#emit = emit
    this.#store = openScratchStore()
    this.#queue = this.#newQueue()
  }

  get queue(): JobQueue {
    return this.#queue
  }

  get isOpen(): boolean {
    return this.#store.path !== null
  }

  /** @throws AppError `workspace.none-open` */
  get workspace(): { path: string; database: Writable } {
    const { path, database } = this.#store
    if (path === null) throw new AppError('workspace.none-open', {})
    return { path, database }
  }

  view(): WorkspaceView | null {
    if (this.#store.path === null) return null
    const { path, database } = this.workspace
    return { path, ...readWorkspace(database), classes: listClasses(database) }
  }

  async create(path: string, classes: string): Promise<WorkspaceView> {
    return this.#enter(() => createWorkspace(path, parseClassScheme(classes), this.#program))
  }

  async open(path: string): Promise<WorkspaceView> {
    return this.#enter(() => openWorkspace(path, this.#program))
  }

  async close(): Promise<void> {
    await this.#leave()
    this.#emit({ name: 'workspace.changed', payload: null })
  }

  /** Frees everything; the session cannot be used again. */
  async dispose(): Promise<void> {
    await this.#queue.close()
    this.#store.close()
  }

  async #enter(open: () => Store): Promise<WorkspaceView> {
    this.#refuseWhileBusy()
    await this.#leave()
    const store = open()
    nameReader(store.database, this.#reader)
    this.#store.close()
    this.#store = store
    this.#queue = this.#newQueue()
    const view = this.view()
    if (view === null) throw new AppError('workspace.none-open', {})
    this.#emit({ name: 'workspace.changed', payload: view })
    return view
  }

  async #leave(): Promise<void> {
    this.#refuseWhileBusy()
    if (this.#store.path === null) return
    await this.#queue.close()
    this.#store.close()
    this.#store = openScratchStore()
    this.#queue = this.#newQueue()
  }

  #refuseWhileBusy(): void {
    const active = this.#queue.active()
    if (active !== null) throw new AppError('job.busy', { running: active.title })
  }

  #newQueue(): JobQueue {
    return new JobQueue(this.#store, (job) => this.#emit({ name: 'job.changed', payload: job }))
  }
}
