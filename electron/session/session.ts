import { AppError, parseClassScheme, type AnyEvent, type WorkspaceView } from '../contract/index.ts'
import type { JobServices } from './job-services.ts'
import { sweepDrafts } from './sweep-drafts.ts'
import type { JobRegistry } from '../queue/define-job.ts'
import { JobQueue } from '../queue/queue.ts'
import {
  createWorkspace,
  listClasses,
  openScratchStore,
  nameReader,
  openWorkspace,
  readWorkspace,
  type OpenWorkspace,
  type Store,
  type Workspace,
} from '../store/index.ts'

/** The workspace that is open, or none, and the jobs that belong to it. */
export class Session {
  readonly #emit: (event: AnyEvent) => void
  readonly #program: string
  readonly #reader: () => string
  readonly #jobs: JobRegistry<JobServices>
  readonly #servicesOf: (isBeside: boolean) => JobServices
  #workspace: OpenWorkspace | null = null
  #beforeClose: () => void = () => undefined
  #store: Store
  #queue: JobQueue<JobServices>

  /**
   * @param reader the active reader of this machine, for the audit trail
   * @param jobs every job kind of the program
   * @param servicesOf the services for jobs; `isBeside`: another job is running
   */
  constructor(
    program: string,
    emit: (event: AnyEvent) => void,
    reader: () => string,
    jobs: JobRegistry<JobServices>,
    servicesOf: (isBeside: boolean) => JobServices,
  ) {
    this.#jobs = jobs
    this.#servicesOf = servicesOf
    this.#program = program
    this.#reader = reader
    this.#emit = emit
    this.#store = openScratchStore()
    this.#queue = this.#newQueue()
  }

  /** `listener` runs before each workspace is closed, when its jobs have stopped and its database can still be read. */
  onClosing(listener: () => void): void {
    this.#beforeClose = listener
  }

  get queue(): JobQueue<JobServices> {
    return this.#queue
  }

  get isOpen(): boolean {
    return this.#workspace !== null
  }

  /** @throws AppError `workspace.none-open` */
  get workspace(): Workspace {
    if (this.#workspace === null) throw new AppError('workspace.none-open', {})
    return this.#workspace
  }

  view(): WorkspaceView | null {
    if (this.#workspace === null) return null
    const { path, database, setAside } = this.#workspace
    const { isReadOnly } = database
    return {
      path,
      ...readWorkspace(database),
      classes: listClasses(database),
      isReadOnly,
      setAside: [...setAside],
    }
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
    if (this.#workspace !== null) this.#beforeClose()
    this.#store.close()
  }

  async #enter(open: () => OpenWorkspace): Promise<WorkspaceView> {
    this.#refuseWhileBusy()
    await this.#leave()
    const workspace = open()
    nameReader(workspace.database, this.#reader)
    this.#store.close()
    this.#workspace = workspace
    this.#store = workspace.database.isReadOnly ? withJobsInMemory(workspace) : workspace
    this.#queue = this.#newQueue()
    const view = this.view()
    if (view === null) throw new AppError('workspace.none-open', {})
    this.#emit({ name: 'workspace.changed', payload: view })
    return view
  }

  async #leave(): Promise<void> {
    this.#refuseWhileBusy()
    if (this.#workspace === null) return
    await this.#queue.close()
    this.#beforeClose()
    this.#store.close()
    this.#workspace = null
    this.#store = openScratchStore()
    this.#queue = this.#newQueue()
  }

  #refuseWhileBusy(): void {
    const active = this.#queue.active()
    if (active !== null) throw new AppError('job.busy', { running: active.title })
  }

  #newQueue(): JobQueue<JobServices> {
    const workspace = this.#workspace
    return new JobQueue({
      database: this.#store.database,
      registry: this.#jobs,
      servicesOf: this.#servicesOf,
      emit: this.#emit,
      // Only the process that has locked the workspace may do this, before anything is written.
      ...(workspace === null ? {} : { prepare: () => sweepDrafts(workspace) }),
    })
  }
}

/** Jobs of a workspace that is open for reading only, such as its check, are kept in memory. */
function withJobsInMemory(workspace: OpenWorkspace): Store {
  const scratch = openScratchStore()
  return {
    ...scratch,
    close: () => {
      scratch.close()
      workspace.close()
    },
  }
}
