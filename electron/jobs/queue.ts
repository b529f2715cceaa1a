import { randomUUID } from 'node:crypto'
import {
  AppError,
  hasCode,
  toErrorView,
  type JobKind,
  type JobReports,
  type JobState,
  type JobView,
  type Progress,
} from '../contract/index.ts'
import { insertJob, listJobs, updateJob, type Store } from '../store/index.ts'

export interface JobContext {
  signal: AbortSignal
  report: (progress: Progress) => void
}

/** A job stops at an aborted signal by throwing `job.cancelled`. */
export type JobFunction<K extends JobKind> = (context: JobContext) => Promise<JobReports[K]>

/** @throws AppError `job.cancelled` */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError('job.cancelled', {})
}

interface QueuedJob {
  view: JobView
  controller: AbortController
  run: (context: JobContext) => Promise<unknown>
}

const endStates: readonly JobState[] = ['cancelled', 'interrupted', 'failed', 'done']
export const hasEnded = (job: JobView): boolean => endStates.includes(job.state)

/** Runs jobs one after the other; each is a row of the store, and every change is told to the listener. */
export class JobQueue {
  readonly #store: Store
  readonly #onChange: (job: JobView) => void
  readonly #jobs = new Map<number, QueuedJob>()
  #tail: Promise<void> = Promise.resolve()

  constructor(store: Store, onChange: (job: JobView) => void) {
    this.#store = store
    this.#onChange = onChange
  }

  /** Adds a job and returns at once; `input` is kept for people and for a later resume. */
  submit<K extends JobKind>(kind: K, title: string, input: unknown, run: JobFunction<K>): JobView {
    const view = insertJob(this.#store.database, kind, title, input)
    const job: QueuedJob = { view, controller: new AbortController(), run }
    this.#jobs.set(view.id, job)
    this.#onChange(view)
    this.#tail = this.#tail.then(() => this.#execute(job))
    return view
  }

  /** Jobs of this session as they stand, and earlier ones from the store; newest first. */
  list(): JobView[] {
    return listJobs(this.#store.database).map((row) => this.#jobs.get(row.id)?.view ?? row)
  }

  /** @throws AppError `job.not-found` */
  get(jobId: number): JobView {
    const job = this.list().find((view) => view.id === jobId)
    if (job === undefined) throw new AppError('job.not-found', { job: String(jobId) })
    return job
  }

  /** Asks a job to stop; one that has ended stays as it is. */
  cancel(jobId: number): void {
    const job = this.#jobs.get(jobId)
    if (job === undefined) {
      this.get(jobId)
      return
    }
    if (hasEnded(job.view)) return
    this.#change(job, { state: job.view.state === 'queued' ? 'cancelled' : 'cancelling' })
    job.controller.abort()
  }

  /** The job that is under way or waiting, if any. */
  active(): JobView | null {
    return [...this.#jobs.values()].map((job) => job.view).find((view) => !hasEnded(view)) ?? null
  }

  /** Cancels everything and waits until it has stopped. */
  async close(): Promise<void> {
    for (const job of this.#jobs.values()) this.cancel(job.view.id)
    await this.#tail
  }

  async #execute(job: QueuedJob): Promise<void> {
    if (hasEnded(job.view)) return
    this.#change(job, { state: 'running' })
    try {
      const report = await job.run({
        signal: job.controller.signal,
        report: (progress) => this.#progress(job, progress),
      })
      this.#change(job, { state: 'done', report })
    } catch (error) {
      if (hasCode(error, 'job.cancelled')) {
        this.#change(job, { state: 'cancelled' })
        return
      }
      const reference = randomUUID().slice(0, 8)
      if (!(error instanceof AppError))
        console.error(`unexpected error ${reference} in ${job.view.kind}`, error)
      this.#change(job, { state: 'failed', error: toErrorView(error, reference) })
    }
  }

  #progress(job: QueuedJob, progress: Progress): void {
    job.view = { ...job.view, progress }
    this.#onChange(job.view)
  }

  #change(job: QueuedJob, change: Partial<JobView>): void {
    job.view = { ...job.view, ...change }
    if (hasEnded(job.view)) job.view = { ...job.view, endedAt: new Date().toISOString() }
    updateJob(this.#store.database, job.view)
    this.#onChange(job.view)
  }
}
