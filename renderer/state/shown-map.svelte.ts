import type { CallInput, Explanation, JobView } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

export type AskedMap = CallInput<'explanation.get'>
/** Follows a job to its end; null: it did not get done, which was said. */
export type FollowJob = (starting: Promise<number>) => Promise<JobView | null>

const same = (a: AskedMap | null, b: AskedMap): boolean => a?.imageId === b.imageId && a.model === b.model

/** The map of one image by one model, as it is shown: not asked for, on its way, there, or failed. */
export class ShownMap {
  readonly #client: Client
  readonly #follow: FollowJob
  #asked = $state.raw<AskedMap | null>(null)
  #explanation = $state.raw<Explanation | null>(null)
  #hasFailed = $state(false)

  constructor(client: Client, follow: FollowJob) {
    this.#client = client
    this.#follow = follow
  }

  /** Of what was asked for last; null while it is being made. */
  get explanation(): Explanation | null {
    return this.#explanation
  }

  get hasFailed(): boolean {
    return this.#hasFailed
  }

  /** Shows the map of an image by a model (null: the one in use), made where it is not there yet. */
  async show(asked: AskedMap): Promise<void> {
    if (same(this.#asked, asked) && !this.#hasFailed) return
    this.forget()
    this.#asked = asked
    const explanation = await this.#find(asked).catch(() => null)
    // Meanwhile another image may have been turned to.
    if (this.#asked !== asked) return
    this.#explanation = explanation
    this.#hasFailed = explanation === null
  }

  forget(): void {
    this.#asked = null
    this.#explanation = null
    this.#hasFailed = false
  }

  async #find(asked: AskedMap): Promise<Explanation | null> {
    const made = await this.#client['explanation.get'](asked)
    if (made !== null) return made
    const starting = this.#client['explanation.create'](asked).then(({ jobId }) => jobId)
    return (await this.#follow(starting)) === null ? null : this.#client['explanation.get'](asked)
  }
}
