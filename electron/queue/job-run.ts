import { throwIfCancelled } from '../base/cancellation.ts'
import type { Progress } from '../contract/index.ts'
import { ProgressMeter, type Stage } from './progress.ts'

/** One run of a job, as the job itself sees it. */
export class JobRun {
  /** Of the job, in its workspace. */
  readonly id: number
  readonly signal: AbortSignal
  /** When the job was submitted, if it is resumed (ISO 8601); null: it runs for the first time. */
  readonly since: string | null
  readonly #stages: readonly Stage[]
  readonly #onProgress: (progress: Progress) => void
  #progress: ProgressMeter | null = null

  constructor(options: {
    id: number
    signal: AbortSignal
    stages: readonly Stage[]
    onProgress: (progress: Progress) => void
    since?: string | null
  }) {
    this.id = options.id
    this.signal = options.signal
    this.since = options.since ?? null
    this.#stages = options.stages
    this.#onProgress = options.onProgress
  }

  /** The clock starts at the first access, so that preparations do not count as progress. */
  get progress(): ProgressMeter {
    return (this.#progress ??= new ProgressMeter(this.#stages, this.#onProgress))
  }

  /** Signal and progress listener of one stage, as a task of the compute process takes them. */
  during(stage: string): { signal: AbortSignal; onProgress: (done: number, total: number) => void } {
    const { signal, progress } = this
    return { signal, onProgress: (done, total) => progress.report(stage, done, total) }
  }

  /** @throws AppError `job.cancelled` */
  throwIfCancelled(): void {
    throwIfCancelled(this.signal)
  }
}
