import { untrack } from 'svelte'
import type { ImageView, JobView } from '../../electron/contract/index.ts'
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

/** What a classification that this page began was asked for; null: every image. */
type Asked = ReadonlySet<number> | null

/** Which images are being classified, and which of them could not be. */
export class Batch {
  #asked = $state.raw<ReadonlyMap<number, Asked>>(mapOf())
  #running: readonly (readonly [JobView, Asked])[]
  #failures: ReadonlyMap<number, FailedImage>

  constructor(jobs: Jobs) {
    this.#running = $derived(
      jobs.active.flatMap((job) => {
        const asked = this.#asked.get(job.id)
        return asked === undefined ? [] : [[job, asked] as const]
      }),
    )
    this.#failures = $derived(failuresOf(jobs.all))
  }

  /** Remembers what a job was asked for, until the page is loaded again. */
  begin(jobId: number, imageIds: readonly number[] | null): void {
    this.#asked = mapOf(this.#asked, [[jobId, imageIds === null ? null : setOf(imageIds)]])
  }

  clear(): void {
    this.#asked = mapOf()
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
