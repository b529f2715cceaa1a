import { realpathSync } from 'node:fs'
import { pause, withPauses, type Sliced } from '../base/slices.ts'
import { AppError, parseClassScheme, type AnyEvent, type WorkspaceView } from '../contract/index.ts'
import type { JobServices } from './job-services.ts'
import { sweepDrafts } from './sweep-drafts.ts'
import type { JobRegistry } from '../queue/define-job.ts'
import { JobQueue } from '../queue/queue.ts'
import {
  createWorkspace,
  isWorkspace,
  listClasses,
  listFormerNames,
  openScratchStore,
  nameReader,
  openWorkspace,
  readWorkspace,
  type OpenWorkspace,
  type Readable,
  type Store,
  type Workspace,
  type Writable,
} from '../store/index.ts'

/** The workspace that is open, or none, and the jobs that belong to it. */
export class Session {
  readonly #emit: (event: AnyEvent) => void
  readonly #program: string
  readonly #reader: () => string | null
  readonly #jobs: JobRegistry<JobServices>
  readonly #servicesOf: (isBeside: boolean) => JobServices
  #workspace: OpenWorkspace | null = null
  #beforeClose: () => void = () => undefined
  #store: Store
  #queue: JobQueue<JobServices>
  #turn = Promise.resolve()
  #waiting = 0

  /**
   * @param reader the active reader of this machine, for the audit trail; null: the workspace has users, and none is
   *   signed in
   * @param jobs every job kind of the program
   * @param servicesOf the services for jobs; `isBeside`: another job is running
   */
  constructor(
    program: string,
    emit: (event: AnyEvent) => void,
    reader: () => string | null,
    jobs: JobRegistry<JobServices>,
    servicesOf: (isBeside: boolean) => JobServices,
  ) {
    this.#jobs = jobs
    this.#servicesOf = servicesOf
    this.#program = program
    this.#reader = reader
    this.#emit = emit
    this.#store = openScratchStore()
    this.#queue = this.#newQueue(this.#store, null)
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
    return this.#workspace === null ? null : viewOf(this.#workspace)
  }

  /**
   * Creates a workspace and opens it. If this fails, what was open stays open.
   * @throws AppError `workspace.exists`, `path.not-writable`; as `open`
   */
  create(path: string, classes: string): Promise<WorkspaceView> {
    return this.#inTurn(() =>
      this.#enter(() => createWorkspace(path, parseClassScheme(classes), this.#program)),
    )
  }

  /**
   * Opens a workspace, then leaves the one that was open. If this fails, what was open stays open, with its jobs.
   * The open workspace is not opened again: its own lock would refuse that.
   * @throws AppError `workspace.not-found`, `workspace.locked`, `workspace.newer`, `workspace.corrupt` and others of
   * `openWorkspace`; `workspace.replaced` for the open workspace; `job.busy` if a job of it runs or waits; what `admit` throws
   * @param admit refuses a workspace by what is in it
   */
  open(path: string, admit: (database: Writable) => void = () => undefined): Promise<WorkspaceView> {
    return this.#inTurn(async () => {
      const current = this.#workspace
      // One that is open for reading has no lock, and may be writable now.
      const isCurrent =
        current?.database.isReadOnly === false && isWorkspace(path) && realpathSync(path) === current.path
      if (isCurrent) {
        if (!current.isInPlace()) throw new AppError('workspace.replaced', { path: current.path })
        admit(current.database)
        return viewOf(current)
      }
      return this.#enter(() => openWorkspace(path, this.#program), admit)
    })
  }

  /**
   * Makes a change that may take several slices, or reads what must not change in between. It begins at once, unless
   * another one, an opening or a closing has not ended yet: then it waits for that, so that no undo comes between the
   * slices of a label, and no other workspace between a question and its answer. Jobs write between slices.
   * @throws AppError `workspace.none-open`, also if another workspace was opened while it waited
   */
  change<R>(work: (database: Writable) => Sliced<R>): R | Promise<R> {
    const { database } = this.workspace
    if (this.#waiting > 0) {
      return this.#inTurn(() => {
        if (this.workspace.database !== database) throw new AppError('workspace.none-open', {})
        return withPauses(work(database))
      })
    }
    const sliced = work(database)
    const first = sliced.next()
    if (first.done === true) return first.value
    return this.#inTurn(() => pause().then(() => withPauses(sliced)))
  }

  /** The same for a change in one slice. */
  changeAtOnce<R>(work: (database: Writable) => R): R | Promise<R> {
    // eslint-disable-next-line require-yield -- it has one slice
    return this.change(function* (database) {
      return work(database)
    })
  }

  /**
   * Reads in slices what the workspace holds at one moment (`Workspace.read`). That moment is never between two slices of a
   * change: while one is made, the read waits for it. Changes do not wait for reads.
   * @throws AppError `workspace.none-open`, also if another workspace was opened while it waited, or this one was closed
   */
  async read<R>(work: (database: Readable) => Sliced<R>): Promise<R> {
    const { workspace } = this
    if (this.#waiting === 0) return workspace.read(work)
    const begun = await this.#inTurn(() => {
      if (this.workspace !== workspace) throw new AppError('workspace.none-open', {})
      // In an object, so that the turn ends when the read has begun.
      return Promise.resolve({ reading: workspace.read(work) })
    })
    return begun.reading
  }

  /** @throws AppError `job.busy` if a job runs or waits */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#leave()
      this.#emit({ name: 'workspace.changed', payload: null })
    })
  }

  /** Frees everything; the session cannot be used again. */
  async dispose(): Promise<void> {
    await this.#turn
    await this.#queue.close()
    if (this.#workspace !== null) this.#beforeClose()
    this.#store.close()
  }

  /** Everything that can fail comes before the open workspace is left. */
  async #enter(
    open: () => OpenWorkspace,
    admit: (database: Writable) => void = () => undefined,
  ): Promise<WorkspaceView> {
    this.#refuseWhileBusy()
    const workspace = open()
    let store: Store = workspace
    try {
      admit(workspace.database)
      if (workspace.database.isReadOnly) store = withJobsInMemory(workspace)
      nameReader(workspace.database, this.#reader)
      const view = viewOf(workspace)
      const queue = this.#newQueue(store, workspace)
      await this.#leave()
      this.#store.close()
      this.#workspace = workspace
      this.#store = store
      this.#queue = queue
      this.#emit({ name: 'workspace.changed', payload: view })
      return view
    } catch (error) {
      if (this.#workspace !== workspace) store.close()
      throw error
    }
  }

  async #leave(): Promise<void> {
    this.#refuseWhileBusy()
    if (this.#workspace === null) return
    await this.#queue.close()
    this.#beforeClose()
    this.#store.close()
    this.#workspace = null
    this.#store = openScratchStore()
    this.#queue = this.#newQueue(this.#store, null)
  }

  /** Two openings at once would leave one workspace open for ever. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    this.#waiting++
    const changed = this.#turn.then(change).finally(() => {
      this.#waiting--
    })
    this.#turn = changed.then(
      () => undefined,
      () => undefined,
    )
    return changed
  }

  #refuseWhileBusy(): void {
    const active = this.#queue.active()
    if (active !== null) throw new AppError('job.busy', { running: active.title })
  }

  #newQueue(store: Store, workspace: Workspace | null): JobQueue<JobServices> {
    return new JobQueue({
      database: store.database,
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

function viewOf(workspace: OpenWorkspace): WorkspaceView {
  const { path, database, setAside } = workspace
  return {
    path,
    ...readWorkspace(database),
    classes: listClasses(database),
    formerClassNames: listFormerNames(database),
    isReadOnly: database.isReadOnly,
    isInPlace: workspace.isInPlace(),
    setAside: [...setAside],
  }
}
