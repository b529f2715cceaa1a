import type { CallInput, Explanation, JobView } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

export type HeatMapRequest = CallInput<'explanation.get'>
/** Follows a job to its end; null: it did not finish, which was reported. */
export type FollowJob = (starting: Promise<number>) => Promise<JobView | null>

const same = (a: HeatMapRequest | null, b: HeatMapRequest): boolean =>
  a?.imageId === b.imageId && a.model === b.model

/** The heat map of one image by one model, as it is shown: not requested, loading, present, or failed. */
export class ShownHeatMap {
  readonly #client: Client
  readonly #follow: FollowJob
  #request = $state.raw<HeatMapRequest | null>(null)
  #explanation = $state.raw<Explanation | null>(null)
  #hasFailed = $state(false)

  constructor(client: Client, follow: FollowJob) {
    this.#client = client
    this.#follow = follow
  }

  /** The map that was requested last; null while it is computed. */
  get explanation(): Explanation | null {
    return this.#explanation
  }

  get hasFailed(): boolean {
    return this.#hasFailed
  }

  /** Shows the map of an image by a model (null: the one in use); computes it if it does not exist yet. */
  async show(request: HeatMapRequest): Promise<void> {
    if (same(this.#request, request) && !this.#hasFailed) return
    this.forget()
    this.#request = request
    const explanation = await this.#find(request).catch(() => null)
    // Another image may have been opened meanwhile.
    if (this.#request !== request) return
    this.#explanation = explanation
    this.#hasFailed = explanation === null
  }

  /** Forgets a map that has a former name of a class: it is requested again when it is shown. */
  followClasses(classNameOf: (name: string) => string | null): void {
    if (this.#explanation?.classes.some((name) => (classNameOf(name) ?? name) !== name) === true)
      this.forget()
  }

  forget(): void {
    this.#request = null
    this.#explanation = null
    this.#hasFailed = false
  }

  async #find(request: HeatMapRequest): Promise<Explanation | null> {
    const made = await this.#client['explanation.get'](request)
    if (made !== null) return made
    const starting = this.#client['explanation.create'](request).then(({ jobId }) => jobId)
    return (await this.#follow(starting)) === null ? null : this.#client['explanation.get'](request)
  }
}
