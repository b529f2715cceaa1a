import { randomUUID } from 'node:crypto'
import { asDiskError } from '../base/path-errors.ts'
import { reportUnexpected } from '../base/terminal-text.ts'
import {
  AppError,
  hasCode,
  toErrorView,
  type AnyEvent,
  type JobKind,
  type JobState,
  type JobView,
  type Progress,
} from '../contract/index.ts'
import {
  actAs,
  actingReaderOf,
  findJob,
  insertJob,
  interruptRunningJobs,
  listJobs,
  readJobInput,
  updateJob,
  type StoredJob,
  type Writable,
} from '../store/index.ts'
import type { JobDefinition, JobRegistry } from './define-job.ts'
import { JobRun } from './job-run.ts'
import {
  failuresOf,
  hasEnded,
  isAtRest,
  parseInput,
  queuedJob,
  resumableStates,
  type QueuedJob,
} from './queued-job.ts'

export interface JobQueueOptions<S> {
  readonly database: Writable
  readonly registry: JobRegistry<S>
  /** What a job works with; `isBeside`: another job runs, which keeps its compute process to itself. */
  readonly servicesOf: (isBeside: boolean) => S
  /** `job.changed` at every change, and what a job announces when it ends. */
  readonly emit: (event: AnyEvent) => void
  /** Runs once, before the first job. */
  readonly prepare?: () => Promise<void>
}

/** How often the progress of a running job is stored, for a job that is resumed after a crash. */
const saveEveryMs = 2000

/**
 * Runs jobs one after the other, but an interactive one beside a long one whose kind allows it. Each is a row of the
 * database. Jobs that ran when the database was last closed become `interrupted`.
 */
export class JobQueue<S> {
  readonly #options: JobQueueOptions<S>
  readonly #database: Writable
  readonly #jobs = new Map<number, QueuedJob>()
  /** In the order of submission. */
  #waiting: QueuedJob[] = []
  readonly #running = new Map<QueuedJob, Promise<void>>()
  #prepared: Promise<void> | null = null
  #isClosing = false

  constructor(options: JobQueueOptions<S>) {
    this.#options = options
    this.#database = options.database
    interruptRunningJobs(this.#database, (kind) => this.#definition(kind)?.audit ?? null)
  }

  /** Adds a job and returns at once. @throws AppError as the definition's `title` and `check` */
  submit<K extends JobKind, I>(definition: JobDefinition<K, I, S>, input: I): JobView {
    const title = definition.title(input, this.#options.servicesOf(false))
    return this.#submit(definition, title, input)
  }

  /** Jobs of this session as they are now, and earlier ones from the database; newest first. */
  list(): JobView[] {
    return listJobs(this.#database).map((row) => this.#viewOf(this.#jobs.get(row.id)?.view ?? row))
  }

  /** @throws AppError `job.not-found` */
  get(jobId: number): JobView {
    return this.#viewOf(this.#find(jobId))
  }

  /** Images that a job was submitted for; null: every image. @throws AppError `job.not-found` */
  imagesOf(jobId: number): number[] | null {
    const { kind } = this.#find(jobId)
    const definition = this.#definition(kind)
    const input = definition?.input.safeParse(readJobInput(this.#database, jobId))
    if (definition?.imageIds === undefined || input?.success !== true) return []
    return definition.imageIds(input.data)
  }

  /** Stops a job. A paused or interrupted job is cancelled; a finished job is left unchanged. */
  cancel(jobId: number): void {
    const job = this.#jobs.get(jobId)
    if (job !== undefined && !isAtRest(job.view)) {
      job.reader = actingReaderOf(this.#database)
      this.#settle(job, { state: job.view.state === 'queued' ? 'cancelled' : 'cancelling' })
      job.controller.abort()
      return
    }
    const view = this.#find(jobId)
    if (view.state !== 'paused' && view.state !== 'interrupted') return
    this.#change(job ?? queuedJob(this.#database, view), { state: 'cancelled' })
  }

  /**
   * Stops a job where it is, to be resumed later; what it finished is kept.
   * @throws AppError `job.not-found`, `job.wrong-state`, `job.not-resumable`
   */
  pause(jobId: number): void {
    const view = this.#find(jobId)
    const job = this.#jobs.get(jobId)
    if (job === undefined || (view.state !== 'queued' && view.state !== 'running'))
      throw new AppError('job.wrong-state', { job: view.title, state: view.state, wanted: 'paused' })
    this.#requireResumable(view)
    job.reader = actingReaderOf(this.#database)
    this.#settle(job, { state: view.state === 'queued' ? 'paused' : 'pausing' })
    job.controller.abort()
  }

  /**
   * Puts a job that stopped unfinished back into the queue, made from its stored input.
   * @throws AppError `job.not-found`, `job.wrong-state`, `job.not-resumable`; as the definition's `check`
   */
  resume(jobId: number): void {
    const view = this.#find(jobId)
    if (!resumableStates.includes(view.state))
      throw new AppError('job.wrong-state', { job: view.title, state: view.state, wanted: 'resumed' })
    const definition = this.#requireResumable(view)
    const input = parseInput(definition, readJobInput(this.#database, jobId))
    definition.check?.(input, this.#options.servicesOf(false))
    const isInteractive = definition.isInteractive?.(input) ?? false
    const queued = { ...view, state: 'queued' as const, error: null, endedAt: null }
    const job = { ...queuedJob(this.#database, queued), input, isInteractive }
    this.#save(job)
    this.#enqueue(job)
  }

  /**
   * Submits a new job with only what a finished one could not do.
   * @throws AppError `job.not-found`, `job.wrong-state`, `job.nothing-failed`
   */
  retry(jobId: number): JobView {
    const view = this.#find(jobId)
    if (view.state !== 'done')
      throw new AppError('job.wrong-state', { job: view.title, state: view.state, wanted: 'tried again' })
    const definition = this.#definition(view.kind)
    const failures = failuresOf(definition, view)
    if (definition?.retry === undefined || failures.length === 0)
      throw new AppError('job.nothing-failed', { job: view.title })
    const input = parseInput(definition, readJobInput(this.#database, jobId))
    const title = `${view.title.replace(/, again$/, '')}, again`
    return this.#submit(definition, title, definition.retry(input, failures, this.#options.servicesOf(false)))
  }

  /** A job that runs or waits, if any. */
  active(): JobView | null {
    const job = [...this.#jobs.values()].find(({ view }) => !isAtRest(view))
    return job === undefined ? null : this.#viewOf(job.view)
  }

  /** Resolves once no job runs or waits. */
  async idle(): Promise<void> {
    do {
      // A job that was just submitted begins in a microtask of its own.
      await Promise.resolve()
      await Promise.all(this.#running.values())
    } while (this.#running.size > 0)
  }

  /** Stops every job and waits until all have stopped; unfinished ones are offered again at the next start. */
  async close(): Promise<void> {
    this.#isClosing = true
    for (const job of this.#jobs.values()) {
      if (job.view.state === 'queued') this.#settle(job, { state: 'interrupted' })
      job.controller.abort()
    }
    await Promise.all(this.#running.values())
  }

  #submit(definition: JobDefinition<JobKind, unknown, S>, title: string, given: unknown): JobView {
    const input = parseInput(definition, given)
    definition.check?.(input, this.#options.servicesOf(false))
    const view = insertJob(this.#database, definition.kind, title, given)
    const isInteractive = definition.isInteractive?.(input) ?? false
    this.#enqueue({ ...queuedJob(this.#database, view), since: null, input, isInteractive })
    return this.#viewOf(view)
  }

  #enqueue(job: QueuedJob): void {
    this.#jobs.set(job.view.id, job)
    this.#announce(job)
    this.#waiting.push(job)
    // Only after the caller knows the job.
    queueMicrotask(() => this.#begin())
  }

  /** Begins every job that may begin now. */
  #begin(): void {
    this.#waiting = this.#waiting.filter((job) => job.view.state === 'queued')
    for (const job of this.#waiting) {
      if (!this.#mayBegin(job)) continue
      const execute = (): Promise<void> => this.#execute(job, this.#running.size > 0)
      const ended = actAs(this.#database, job.reader, execute).then(() => {
        this.#running.delete(job)
        this.#begin()
      })
      this.#running.set(job, ended)
    }
  }

  #mayBegin(job: QueuedJob): boolean {
    const [running, ...others] = this.#running.keys()
    if (running === undefined) return true
    const isRoom = this.#definition(running.view.kind)?.runsBeside === true && !running.isInteractive
    return others.length === 0 && job.isInteractive && isRoom
  }

  async #execute(job: QueuedJob, isBeside: boolean): Promise<void> {
    try {
      this.#change(job, { state: 'running' })
      await (this.#prepared ??= this.#options.prepare?.() ?? Promise.resolve())
      this.#change(job, { state: 'done', report: await this.#run(job, isBeside) })
    } catch (thrown) {
      const error = asDiskError(job.failure ?? thrown)
      if (hasCode(error, 'job.cancelled')) {
        const stopped = { state: this.#stoppedState(job.view.state) }
        actAs(this.#database, job.reader, () => this.#settle(job, stopped))
        return
      }
      const reference = randomUUID().slice(0, 8)
      if (!(error instanceof AppError))
        reportUnexpected(`unexpected error ${reference} in ${job.view.kind}`, error, reference)
      // A report that could not be saved is none.
      this.#settle(job, { state: 'failed', report: null, error: toErrorView(error, reference) })
    }
  }

  async #run(job: QueuedJob, isBeside: boolean): Promise<unknown> {
    const definition: JobDefinition<JobKind, unknown, S> = this.#options.registry[job.view.kind]
    const run = new JobRun({
      id: job.view.id,
      signal: job.controller.signal,
      since: job.since,
      stages: definition.stages,
      onProgress: (progress) => this.#progress(job, progress),
    })
    try {
      return await definition.run(job.input, run, this.#options.servicesOf(isBeside))
    } finally {
      if (definition.announces !== undefined) this.#options.emit(definition.announces)
    }
  }

  /** Why a job stopped: a person cancelled or paused it, or the program ends. */
  #stoppedState(state: JobState): JobState {
    if (state === 'pausing') return 'paused'
    return state !== 'cancelling' && this.#isClosing ? 'interrupted' : 'cancelled'
  }

  #progress(job: QueuedJob, progress: Progress): void {
    job.view = { ...job.view, progress }
    const now = performance.now()
    if (now - job.savedAt >= saveEveryMs) {
      job.savedAt = now
      try {
        this.#save(job)
      } catch (error) {
        // Nothing that the job does can be saved. This may be called from an event, so the job learns of it by its signal.
        job.failure ??= error
        job.controller.abort()
      }
    }
    this.#announce(job)
  }

  /**
   * As `#change`, where the job goes on or ends whether this can be saved or not: the disk may be full, or the database
   * deleted. The program must live on then, since it may hold the only copy. It knows the state of the job while it runs;
   * the next start finds the stored one, and takes the job as interrupted.
   */
  #settle(job: QueuedJob, change: Partial<StoredJob>): void {
    try {
      this.#change(job, change)
    } catch (error) {
      if (!(error instanceof AppError))
        console.error(`the state of a job (${job.view.kind}) was not saved`, error)
      this.#announce(job)
    }
  }

  #change(job: QueuedJob, change: Partial<StoredJob>): void {
    job.view = { ...job.view, ...change }
    if (hasEnded(job.view)) job.view = { ...job.view, endedAt: new Date().toISOString() }
    this.#save(job)
    this.#announce(job)
  }

  #save({ view }: QueuedJob): void {
    updateJob(this.#database, view, this.#definition(view.kind)?.audit ?? null)
  }

  #announce({ view }: QueuedJob): void {
    this.#options.emit({ name: 'job.changed', payload: this.#viewOf(view) })
  }

  #find(jobId: number): StoredJob {
    const job = this.#jobs.get(jobId)?.view ?? findJob(this.#database, jobId)
    if (job === null) throw new AppError('job.not-found', { job: String(jobId) })
    return job
  }

  #viewOf(job: StoredJob): JobView {
    const definition = this.#definition(job.kind)
    const retriable = definition?.retry !== undefined && failuresOf(definition, job).length > 0
    return { ...job, resumable: definition?.resumable ?? false, retriable }
  }

  /** undefined for a kind that only another version of the program knows. */
  #definition(kind: JobKind): JobDefinition<JobKind, unknown, S> | undefined {
    return (this.#options.registry as Partial<JobRegistry<S>>)[kind]
  }

  #requireResumable({ kind, title }: StoredJob): JobDefinition<JobKind, unknown, S> {
    const definition = this.#definition(kind)
    if (definition?.resumable !== true) throw new AppError('job.not-resumable', { job: title })
    return definition
  }
}
