import { randomUUID } from 'node:crypto'
import {
  AppError,
  hasCode,
  isResumable,
  toErrorView,
  type JobKind,
  type JobReports,
  type JobState,
  type JobView,
  type Progress,
} from '../contract/index.ts'
import { isBrief, leavesRoom } from './brief-jobs.ts'
import { sweepDrafts } from './sweep-drafts.ts'
import { findJob, insertJob, listJobs, readJobInput, updateJob, type Store } from '../store/index.ts'

export interface JobContext {
  signal: AbortSignal
  report: (progress: Progress) => void
  /** True where another job is under way, whose compute process is to be left to it. */
  isBeside?: boolean
}

/**
 * A job stops at an aborted signal by throwing `job.cancelled`.
 * @param since when the job was first asked for, where it is taken up again (ISO 8601); null: it is begun
 */
export type JobFunction<K extends JobKind> = (
  context: JobContext,
  since: string | null,
) => Promise<JobReports[K]>

interface QueuedJob {
  view: JobView
  controller: AbortController
  since: string | null
  run: JobFunction<JobKind>
  /** Somebody waits for it before the screen. */
  isBrief: boolean
  /** When its progress was last written down. */
  savedAt: number
}

const endStates: readonly JobState[] = ['cancelled', 'interrupted', 'failed', 'done']
export const hasEnded = (job: JobView): boolean => endStates.includes(job.state)
/** Neither waiting nor under way. */
const isAtRest = (job: JobView): boolean => job.state === 'paused' || hasEnded(job)

const resumableStates: readonly JobState[] = ['paused', 'interrupted', 'cancelled', 'failed']

/** How often the progress of a running job is written down, for a job that is taken up after a crash. */
const saveEveryMs = 2000

/**
 * Runs jobs one after the other, but a brief one beside a long one that leaves room for it. Each is a row of the
 * store, and every change is told to the listener.
 */
export class JobQueue {
  readonly #store: Store
  readonly #onChange: (job: JobView) => void
  readonly #jobs = new Map<number, QueuedJob>()
  /** In the order in which they were asked for. */
  #waiting: QueuedJob[] = []
  readonly #running = new Map<QueuedJob, Promise<void>>()
  #swept: Promise<void> | null = null
  #isClosing = false

  constructor(store: Store, onChange: (job: JobView) => void) {
    this.#store = store
    this.#onChange = onChange
  }

  /** Adds a job and returns at once; `input` is kept for people and for a later resume. */
  submit<K extends JobKind>(kind: K, title: string, input: unknown, run: JobFunction<K>): JobView {
    const view = insertJob(this.#store.database, kind, title, input)
    const brief = isBrief(kind, input)
    this.#enqueue({
      view,
      controller: new AbortController(),
      since: null,
      run,
      isBrief: brief,
      savedAt: -Infinity,
    })
    return view
  }

  /** Jobs of this session as they stand, and earlier ones from the store; newest first. */
  list(): JobView[] {
    return listJobs(this.#store.database).map((row) => this.#jobs.get(row.id)?.view ?? row)
  }

  /** @throws AppError `job.not-found` */
  get(jobId: number): JobView {
    const job = this.#jobs.get(jobId)?.view ?? findJob(this.#store.database, jobId)
    if (job === null) throw new AppError('job.not-found', { job: String(jobId) })
    return job
  }

  /** What a job was asked to do, as it was submitted. @throws AppError `job.not-found` */
  inputOf(jobId: number): unknown {
    this.get(jobId)
    return readJobInput(this.#store.database, jobId)
  }

  /** Asks a job to stop. One that rests unfinished is given up; one that has ended stays as it is. */
  cancel(jobId: number): void {
    const job = this.#jobs.get(jobId)
    if (job !== undefined && !isAtRest(job.view)) {
      this.#change(job, { state: job.view.state === 'queued' ? 'cancelled' : 'cancelling' })
      job.controller.abort()
      return
    }
    const view = this.get(jobId)
    if (view.state !== 'paused' && view.state !== 'interrupted') return
    this.#change(job ?? this.#restored(view), { state: 'cancelled' })
  }

  /**
   * Stops a job where it is, to be taken up later; what it finished is kept.
   * @throws AppError `job.not-found`, `job.wrong-state`, `job.not-resumable`
   */
  pause(jobId: number): void {
    const view = this.get(jobId)
    const job = this.#jobs.get(jobId)
    if (job === undefined || (view.state !== 'queued' && view.state !== 'running'))
      throw new AppError('job.wrong-state', { job: view.title, state: view.state, wanted: 'paused' })
    requireResumable(view)
    this.#change(job, { state: view.state === 'queued' ? 'paused' : 'pausing' })
    job.controller.abort()
  }

  /**
   * Puts a job that stopped unfinished back into the queue.
   * @param runOf makes the job's work anew from its kind and its input
   * @throws AppError `job.not-found`, `job.wrong-state`, `job.not-resumable`
   */
  resume(jobId: number, runOf: (kind: JobKind, input: unknown) => JobFunction<JobKind>): void {
    const view = this.get(jobId)
    if (!resumableStates.includes(view.state))
      throw new AppError('job.wrong-state', { job: view.title, state: view.state, wanted: 'resumed' })
    requireResumable(view)
    const input = readJobInput(this.#store.database, jobId)
    const job = { ...this.#restored(view), run: runOf(view.kind, input), isBrief: isBrief(view.kind, input) }
    job.view = { ...view, state: 'queued', error: null, endedAt: null }
    updateJob(this.#store.database, job.view)
    this.#enqueue(job)
  }

  /** A job that is under way or waiting, if any. */
  active(): JobView | null {
    return [...this.#jobs.values()].map((job) => job.view).find((view) => !isAtRest(view)) ?? null
  }

  /** Stops everything and waits until it has stopped; what was not finished is offered again at the next start. */
  async close(): Promise<void> {
    this.#isClosing = true
    for (const job of this.#jobs.values()) {
      if (job.view.state === 'queued') this.#change(job, { state: 'interrupted' })
      job.controller.abort()
    }
    await Promise.all(this.#running.values())
  }

  #enqueue(job: QueuedJob): void {
    this.#jobs.set(job.view.id, job)
    this.#onChange(job.view)
    this.#waiting.push(job)
    // Not before the caller knows the job.
    queueMicrotask(() => this.#begin())
  }

  /** Begins what may begin now. */
  #begin(): void {
    this.#waiting = this.#waiting.filter((job) => job.view.state === 'queued')
    for (const job of this.#waiting) {
      if (!this.#mayBegin(job)) continue
      const ended = this.#execute(job, this.#running.size > 0).then(() => {
        this.#running.delete(job)
        this.#begin()
      })
      this.#running.set(job, ended)
    }
  }

  #mayBegin(job: QueuedJob): boolean {
    const [running, ...others] = this.#running.keys()
    if (running === undefined) return true
    return others.length === 0 && job.isBrief && !running.isBrief && leavesRoom(running.view.kind)
  }

  #restored(view: JobView): QueuedJob {
    const notToBeRun = (): never => {
      throw new Error(`job ${view.id} has no work`)
    }
    return {
      view,
      controller: new AbortController(),
      since: view.createdAt,
      run: notToBeRun,
      isBrief: false,
      savedAt: -Infinity,
    }
  }

  async #execute(job: QueuedJob, isBeside: boolean): Promise<void> {
    this.#change(job, { state: 'running' })
    try {
      await (this.#swept ??= this.#store.path === null ? Promise.resolve() : sweepDrafts(this.#store.path))
      const report = await job.run(
        { signal: job.controller.signal, report: (progress) => this.#progress(job, progress), isBeside },
        job.since,
      )
      this.#change(job, { state: 'done', report })
    } catch (error) {
      if (hasCode(error, 'job.cancelled')) {
        this.#change(job, { state: this.#stoppedState(job.view.state) })
        return
      }
      const reference = randomUUID().slice(0, 8)
      if (!(error instanceof AppError))
        console.error(`unexpected error ${reference} in ${job.view.kind}`, error)
      this.#change(job, { state: 'failed', error: toErrorView(error, reference) })
    }
  }

  /** Why a job stopped: somebody asked to cancel or to pause it, or the program ends. */
  #stoppedState(state: JobState): JobState {
    if (state === 'pausing') return 'paused'
    return state !== 'cancelling' && this.#isClosing ? 'interrupted' : 'cancelled'
  }

  #progress(job: QueuedJob, progress: Progress): void {
    job.view = { ...job.view, progress }
    const now = performance.now()
    if (now - job.savedAt >= saveEveryMs) {
      job.savedAt = now
      updateJob(this.#store.database, job.view)
    }
    this.#onChange(job.view)
  }

  #change(job: QueuedJob, change: Partial<JobView>): void {
    job.view = { ...job.view, ...change }
    if (hasEnded(job.view)) job.view = { ...job.view, endedAt: new Date().toISOString() }
    updateJob(this.#store.database, job.view)
    this.#onChange(job.view)
  }
}

function requireResumable({ kind, title }: JobView): void {
  if (!isResumable(kind)) throw new AppError('job.not-resumable', { job: title })
}
