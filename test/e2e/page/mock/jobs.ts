import {
  AppError,
  type AnyEvent,
  type Handlers,
  type JobKind,
  type JobView,
} from '../../../../electron/contract/index.ts'
import { allJobs } from '../../../../electron/application/all-jobs.ts'

/** What a made-up job does: `each` after each of its units, `finish` gives the report. */
export interface FakeWork {
  unit: string
  total: number
  /** The input of a classification. */
  imageIds?: readonly number[]
  each?: (index: number) => void
  finish: () => unknown
}

const stepMs = 40

/** Jobs that take some time, one after the other or beside each other, and can be paused. */
export class FakeJobs {
  readonly #tell: (event: AnyEvent) => void
  readonly #jobMs: () => number
  readonly #work = new Map<number, FakeWork & { done: number }>()
  #all: JobView[] = []

  constructor(tell: (event: AnyEvent) => void, jobMs: () => number) {
    this.#tell = tell
    this.#jobMs = jobMs
  }

  run(kind: JobKind, title: string, work: FakeWork): { jobId: number } {
    const job = this.#add(kind, title, work, 0)
    this.#start(job)
    return { jobId: job.id }
  }

  /** A job that the end of the program interrupted, with a part of its units done. */
  leaveBehind(kind: JobKind, title: string, work: FakeWork, done: number): void {
    const job = this.#add(kind, title, work, done)
    this.#put({ ...job, state: 'interrupted', progress: this.#progressOf(job.id), endedAt: now() })
  }

  readonly handlers = {
    'job.list': () => this.#all,
    'job.get': ({ jobId }) => this.find(jobId),
    'job.images': ({ jobId }) => ({ imageIds: [...(this.#workOf(jobId).imageIds ?? [])] }),
    'job.cancel': ({ jobId }) => {
      this.#put({ ...this.find(jobId), state: 'cancelled', endedAt: now() })
      return {}
    },
    'job.pause': ({ jobId }) => {
      const job = this.find(jobId)
      if (job.state !== 'running')
        throw new AppError('job.wrong-state', { job: job.title, state: job.state, wanted: 'paused' })
      this.#put({ ...job, state: 'paused' })
      return {}
    },
    'job.resume': ({ jobId }) => {
      this.#start({ ...this.find(jobId), endedAt: null, error: null })
      return {}
    },
  } satisfies Partial<Handlers>

  find(jobId: number): JobView {
    const job = this.#all.find((other) => other.id === jobId)
    if (job === undefined) throw new AppError('job.not-found', { job: String(jobId) })
    return job
  }

  #add(kind: JobKind, title: string, work: FakeWork, done: number): JobView {
    const id = this.#all.length + 1
    this.#work.set(id, { ...work, done })
    const base = { id, kind, title, error: null, report: null, progress: null, endedAt: null }
    const { resumable } = allJobs[kind]
    const job: JobView = { ...base, resumable, retriable: false, state: 'queued', createdAt: now() }
    this.#all = [...this.#all, job]
    return job
  }

  #start(job: JobView): void {
    const work = this.#workOf(job.id)
    this.#put({ ...job, state: 'running' })
    const perStep = work.total / (this.#jobMs() / stepMs)
    let reached = work.done
    const timer = setInterval(() => {
      if (this.find(job.id).state !== 'running') {
        clearInterval(timer)
        return
      }
      reached += perStep
      // A unit is done when its time is over, the first one as well.
      while (work.done < work.total && work.done + 1 <= reached) {
        // Not as its argument: where there is no `each`, that would not be evaluated, and this would never end.
        work.each?.(work.done)
        work.done++
      }
      const progress = this.#progressOf(job.id)
      if (work.done < work.total) {
        this.#put({ ...this.find(job.id), progress })
        return
      }
      clearInterval(timer)
      const definition = allJobs[job.kind]
      const report = work.finish()
      const retriable =
        definition.retry !== undefined && (definition.failures?.(report as never) ?? []).length > 0
      const ended = { report, retriable, endedAt: now() }
      this.#put({ ...this.find(job.id), state: 'done', progress, ...ended })
    }, stepMs)
  }

  #workOf(jobId: number): FakeWork & { done: number } {
    const work = this.#work.get(jobId)
    if (work === undefined) throw new AppError('job.not-found', { job: String(jobId) })
    return work
  }

  #progressOf(jobId: number): NonNullable<JobView['progress']> {
    const { done, total, unit } = this.#workOf(jobId)
    const fraction = done / total
    return { stage: 'Encoding', done, total, unit, fraction, etaMs: (1 - fraction) * this.#jobMs() }
  }

  #put(job: JobView): void {
    this.#all = [...this.#all.filter((other) => other.id !== job.id), job].sort((a, b) => a.id - b.id)
    this.#tell({ name: 'job.changed', payload: job })
  }
}

const now = (): string => new Date().toISOString()
