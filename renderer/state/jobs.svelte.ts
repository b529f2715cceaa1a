import type { JobReports, JobView } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'
import { setOf } from './collections.ts'

const activeStates: ReadonlySet<JobView['state']> = new Set(['queued', 'running', 'pausing', 'cancelling'])
const maxShown = 3

export const isActive = (job: JobView): boolean => activeStates.has(job.state)
/** Whether a job was paused, or interrupted by the end of the program, and can be resumed. */
export const isPending = (job: JobView): boolean =>
  (job.state === 'paused' || job.state === 'interrupted') && job.resumable
export const canPause = (job: JobView): boolean =>
  (job.state === 'queued' || job.state === 'running') && job.resumable
/** Whether a job that stopped unfinished can be resumed. */
export const canResume = (job: JobView): boolean =>
  isPending(job) || ((job.state === 'cancelled' || job.state === 'failed') && job.resumable)

/** The report of a finished job, typed by its kind; null: there is none. */
export function reportOf<K extends JobView['kind']>(job: JobView, kind: K): JobReports[K] | null {
  return job.kind === kind && job.state === 'done' ? (job.report as JobReports[K] | null) : null
}

/** The viewer itself shows that a heat map is computed, and the map; only a failure is news. */
const isNews = ({ kind, state }: JobView): boolean => kind !== 'explain' || state === 'failed'

/** Jobs: those that run, those that can be resumed, and those that ended while this page was open. */
export class Jobs {
  readonly #client: Client
  /** Newest first. */
  #all = $state.raw<readonly JobView[]>([])
  /** Jobs that this page saw active and that the user has not dismissed. */
  #followed = $state.raw<ReadonlySet<number>>(setOf())
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- waiting callers are not shown
  readonly #waiting = new Map<number, (job: JobView) => void>()
  /** Increases when the jobs are forgotten: an answer to an earlier request is not shown then. */
  #round = 0
  #active = $derived(this.#all.filter(isActive))
  #pending = $derived(this.#all.filter(isPending))
  #shown = $derived([
    ...this.#active.toReversed().filter(isNews),
    ...this.#pending.slice(0, maxShown),
    ...this.#all
      .filter((job) => !isActive(job) && !isPending(job) && this.#followed.has(job.id) && isNews(job))
      .slice(0, maxShown),
  ])

  constructor(client: Client) {
    this.#client = client
  }

  get all(): readonly JobView[] {
    return this.#all
  }

  /** Newest first. */
  get active(): readonly JobView[] {
    return this.#active
  }

  /** Active jobs in their order, then jobs that can be resumed and ended jobs, newest first; of heat maps the failed ones. */
  get shown(): readonly JobView[] {
    return this.#shown
  }

  /** When the newest import that brought images began; null: none is known. */
  get newestImport(): string | null {
    return this.#all.find((job) => (reportOf(job, 'import')?.imported ?? 0) > 0)?.createdAt ?? null
  }

  find(jobId: number): JobView | undefined {
    return this.#all.find((job) => job.id === jobId)
  }

  clear(): void {
    this.forget()
    this.#waiting.clear()
  }

  /** Forgets all jobs, whose titles and reports may name images, until they are loaded again. */
  forget(): void {
    this.#all = []
    this.#followed = setOf()
    this.#round++
  }

  async load(): Promise<void> {
    const round = this.#round
    const jobs = await this.#client['job.list']({})
    if (round === this.#round) for (const job of jobs) this.put(job)
  }

  /** Takes the answer to a request. An answer older than the job's end changes nothing. */
  put(job: JobView): void {
    const known = this.find(job.id)
    if (known !== undefined && !isActive(known) && isActive(job)) return
    this.receive(job)
  }

  /** Takes the present state of a job: events come in the order in which things happen. */
  receive(job: JobView): void {
    const others = this.#all.filter((other) => other.id !== job.id)
    this.#all = [...others, job].sort((a, b) => b.id - a.id)
    if (isActive(job)) this.#follow(job.id)
    else if (job.state !== 'paused') this.#resolve(job)
  }

  /** The job once it has ended, however it ended. */
  async end(jobId: number): Promise<JobView> {
    this.#follow(jobId)
    const ended = new Promise<JobView>((resolve) => this.#waiting.set(jobId, resolve))
    const round = this.#round
    const job = await this.#client['job.get']({ jobId })
    if (round === this.#round) this.put(job)
    return ended
  }

  async cancel(jobId: number): Promise<void> {
    await this.#client['job.cancel']({ jobId })
  }

  async pause(jobId: number): Promise<void> {
    await this.#client['job.pause']({ jobId })
  }

  async resume(jobId: number): Promise<void> {
    await this.#client['job.resume']({ jobId })
  }

  /** Starts a new job with only the failed parts of this one. */
  async retry(jobId: number): Promise<number> {
    return (await this.#client['job.retry']({ jobId })).jobId
  }

  /** Removes an ended job from the strip; it stays in the list of all jobs. */
  dismiss(jobId: number): void {
    this.#followed = setOf([...this.#followed].filter((id) => id !== jobId))
  }

  /** A new job replaces those that succeeded; failed ones stay until dismissed. */
  #follow(jobId: number): void {
    if (this.#followed.has(jobId)) return
    const remaining = [...this.#followed].filter((id) => this.find(id)?.state !== 'done')
    this.#followed = setOf(remaining, [jobId])
  }

  #resolve(job: JobView): void {
    this.#waiting.get(job.id)?.(job)
    this.#waiting.delete(job.id)
  }
}
