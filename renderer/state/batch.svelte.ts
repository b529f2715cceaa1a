import { untrack } from 'svelte'
import type { ImageView, JobView } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'
import { mapOf, setOf } from './collections.ts'
import { reportOf, type Jobs } from './jobs.svelte.ts'

/** States of an image, the most urgent first. */
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

/** The images of a classification; null: every image. */
type ImageSet = ReadonlySet<number> | null

/** Which images are being classified, and which failed. */
export class Batch {
  readonly #client: Client
  readonly #jobs: Jobs
  #imageSets = $state.raw<ReadonlyMap<number, ImageSet>>(mapOf())
  #running: readonly (readonly [JobView, ImageSet])[]
  #failures: ReadonlyMap<number, FailedImage>

  constructor(client: Client, jobs: Jobs) {
    this.#client = client
    this.#jobs = jobs
    this.#running = $derived(
      jobs.active.flatMap((job) => {
        const imageIds = this.#imageSets.get(job.id)
        return imageIds === undefined ? [] : [[job, imageIds] as const]
      }),
    )
    this.#failures = $derived(failuresOf(jobs.all))
  }

  /** Fetches the images of the running classifications that are not known yet, also of those started elsewhere. */
  async learn(): Promise<void> {
    const unknown = this.#jobs.active.filter(
      ({ id, kind }) => kind === 'classify' && !this.#imageSets.has(id),
    )
    await Promise.all(unknown.map(({ id }) => this.#ask(id)))
  }

  clear(): void {
    this.#imageSets = mapOf()
  }

  async #ask(jobId: number): Promise<void> {
    // Until the answer comes, it counts as a classification of no images.
    const none: ImageSet = setOf()
    this.#imageSets = mapOf(this.#imageSets, [[jobId, none]])
    try {
      const { imageIds } = await this.#client['job.images']({ jobId })
      // Another workspace may have been opened meanwhile.
      if (this.#imageSets.get(jobId) !== none) return
      this.#imageSets = mapOf(this.#imageSets, [[jobId, imageIds === null ? null : setOf(imageIds)]])
    } catch (error) {
      this.#imageSets = mapOf([...this.#imageSets].filter(([, imageIds]) => imageIds !== none))
      throw error
    }
  }

  /** Why the newest classification of an image failed; null: it did not. */
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

  /** The rank of the state for sorting. Untracked: images are sorted on request, not whenever a state changes. */
  rankOf(image: ImageView): number {
    return untrack(() => imageStates.indexOf(this.stateOf(image)))
  }

  #isWaiting({ id, verdict }: ImageView): boolean {
    return this.#running.some(
      ([job, imageIds]) =>
        (imageIds === null || imageIds.has(id)) && (verdict === null || verdict.at < job.createdAt),
    )
  }
}

interface FailedImage {
  message: string
  at: string
}

/** @param jobs the newest first; its failures replace those of older jobs for the same image */
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
