import type { CallInput, Explanation, JobView } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

type Asked = CallInput<'explanation.get'>

const same = (a: Asked | null, b: Asked): boolean => a?.imageId === b.imageId && a.model === b.model

/** The heat map over the image in the viewer. Class and opacity stay from image to image. */
export class HeatMap {
  readonly #client: Client
  /** Follows a job to its end; null: it did not get done, which was said. */
  readonly #follow: (starting: Promise<number>) => Promise<JobView | null>
  #isOn = $state(false)
  #asked = $state.raw<Asked | null>(null)
  #explanation = $state.raw<Explanation | null>(null)
  #hasFailed = $state(false)
  #className = $state<string | null>(null)
  #opacity = $state(0.5)

  constructor(client: Client, follow: (starting: Promise<number>) => Promise<JobView | null>) {
    this.#client = client
    this.#follow = follow
  }

  get isOn(): boolean {
    return this.#isOn
  }

  /** Of the image that was asked for last; null while it is being made. */
  get explanation(): Explanation | null {
    return this.#isOn ? this.#explanation : null
  }

  get isWorking(): boolean {
    return this.#isOn && this.#asked !== null && this.#explanation === null && !this.#hasFailed
  }

  get hasFailed(): boolean {
    return this.#isOn && this.#hasFailed
  }

  /** The chosen class where the model knows it, else the one that leads. */
  get className(): string {
    const { classes = [], leading = '' } = this.#explanation ?? {}
    return this.#className !== null && classes.includes(this.#className) ? this.#className : leading
  }

  /** 0..1 */
  get opacity(): number {
    return this.#opacity
  }

  toggle(): void {
    this.#isOn = !this.#isOn
    if (!this.#isOn) this.#forget()
  }

  choose(className: string): void {
    this.#className = className
  }

  fade(opacity: number): void {
    this.#opacity = Math.min(1, Math.max(0, opacity))
  }

  /** Shows the map of an image by a model (null: the one in use), made where it is not there yet. */
  async show(asked: Asked): Promise<void> {
    if (!this.#isOn || (same(this.#asked, asked) && !this.#hasFailed)) return
    this.#forget()
    this.#asked = asked
    const explanation = await this.#find(asked).catch(() => null)
    // Meanwhile another image may have been turned to.
    if (this.#asked !== asked) return
    this.#explanation = explanation
    this.#hasFailed = explanation === null
  }

  async #find(asked: Asked): Promise<Explanation | null> {
    const made = await this.#client['explanation.get'](asked)
    if (made !== null) return made
    const starting = this.#client['explanation.create'](asked).then(({ jobId }) => jobId)
    return (await this.#follow(starting)) === null ? null : this.#client['explanation.get'](asked)
  }

  #forget(): void {
    this.#asked = null
    this.#explanation = null
    this.#hasFailed = false
  }
}
