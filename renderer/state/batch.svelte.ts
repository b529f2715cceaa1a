import { untrack } from 'svelte'
import type { ImageView, JobView } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'
import { mapOf, setOf } from './collections.ts'
import { reportOf, type Jobs } from './jobs.svelte.ts'

/** How far an image has come, the most urgent first. */
export const imageStates = [
  'failed',
  'disputed',
  'unsure',
  'differs',
  'waiting',
  'new',
  'suggested',
  'labelled',
  'adjudicated',
] as const
export type ImageState = (typeof imageStates)[number]

/** What a classification was asked for; null: every image. */
type Asked = ReadonlySet<number> | null

/** Which images are being classified, and which of them could not be. */
export class Batch {
  readonly #client: Client
  readonly #jobs: Jobs
  #asked = $state.raw<ReadonlyMap<number, Asked>>(mapOf())
  #running: readonly (readonly [JobView, Asked])[]
  #failures: ReadonlyMap<number, FailedImage>

  constructor(client: Client, jobs: Jobs) {
    this.#client = client
    this.#jobs = jobs
    this.#running = $derived(
      jobs.active.flatMap((job) => {
        const asked = this.#asked.get(job.id)
        return asked === undefined ? [] : [[job, asked] as const]
      }),
    )
    this.#failures = $derived(failuresOf(jobs.all))
  }

  /** Asks what the classifications under way were asked for, whoever began them, where it is not known yet. */
  async learn(): Promise<void> {
    const unknown = this.#jobs.active.filter(({ id, kind }) => kind === 'classify' && !this.#asked.has(id))
    await Promise.all(unknown.map(({ id }) => this.#ask(id)))
  }

  clear(): void {
    this.#asked = mapOf()
  }

  async #ask(jobId: number): Promise<void> {
    // Until the answer is here it is about none.
    const none: Asked = setOf()
    this.#asked = mapOf(this.#asked, [[jobId, none]])
    try {
      const { imageIds } = await this.#client['job.images']({ jobId })
      // Meanwhile another workspace may have been opened.
      if (this.#asked.get(jobId) !== none) return
      this.#asked = mapOf(this.#asked, [[jobId, imageIds === null ? null : setOf(imageIds)]])
    } catch (error) {
      this.#asked = mapOf([...this.#asked].filter(([, asked]) => asked !== none))
      throw error
    }
  }

  /** Why the newest classification of an image failed; null where it did not. */
  failureOf({ id, verdict }: ImageView): string | null {
    const failure = this.#failures.get(id)
    return failure === undefined || (verdict !== null && verdict.at > failure.at) ? null : failure.message
  }

  stateOf(image: ImageView): ImageState {
    if (this.#isWaiting(image)) return 'waiting'
    if (this.failureOf(image) !== null) return 'failed'
    const { label, verdict, readings } = image
    if (readings.adjudication !== null) return 'adjudicated'
    if (readings.isDisputed) return 'disputed'
    if (label === null && readings.all.some(({ isUnsure }) => isUnsure)) return 'unsure'
    if (label !== null)
      return verdict !== null && verdict.suggested !== label.className ? 'differs' : 'labelled'
    return verdict === null ? 'new' : 'suggested'
  }

  /** The same for sorting, which is done when it is asked for and not when something changes. */
  rankOf(image: ImageView): number {
    return untrack(() => imageStates.indexOf(this.stateOf(image)))
  }

  #isWaiting({ id, verdict }: ImageView): boolean {
    return this.#running.some(
      ([job, asked]) => (asked === null || asked.has(id)) && (verdict === null || verdict.at < job.createdAt),
    )
  }
}

interface FailedImage {
  message: string
  at: string
}

/** @param jobs the newest first; what it says of an image goes before what older ones say */
const failuresOf = (jobs: readonly JobView[]): ReadonlyMap<number, FailedImage> =>
  mapOf(
    jobs
      .toReversed()
      .flatMap((job) =>
        (reportOf(job, 'classify')?.failed ?? []).flatMap(({ imageId, message }) =>
          imageId === undefined ? [] : [[imageId, { message, at: job.endedAt ?? job.createdAt }] as const],
        ),
      ),
  )
