import { AppError } from '../../contract/index.ts'

/** How soon a picture is wanted: what fills the viewer goes before the little ones of a list. */
export type Urgency = 'viewer' | 'list'

interface Waiting {
  urgency: Urgency
  begin: () => void
  drop: () => void
}

/**
 * Makes a few pictures at once. Of those that wait, the viewer's come first, and the newest first: a list that is
 * scrolled asks for more than anybody will see, and what is seen was asked for last. Of a list's, only the newest
 * wait.
 */
export class PictureQueue {
  readonly #mostAtOnce: number
  readonly #mostOfList: number
  #waiting: Waiting[] = []
  #running = 0

  constructor(mostAtOnce: number, mostOfList: number) {
    this.#mostAtOnce = mostAtOnce
    this.#mostOfList = mostOfList
  }

  /** @throws AppError `job.cancelled` where newer ones of a list took its place */
  async run<T>(urgency: Urgency, make: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#mostAtOnce) await this.#turn(urgency)
    else this.#running++
    try {
      return await make()
    } finally {
      this.#next()
    }
  }

  /** Waits for a place, which is then taken. */
  #turn(urgency: Urgency): Promise<void> {
    return new Promise((begin, reject) => {
      this.#waiting.push({ urgency, begin, drop: () => reject(new AppError('job.cancelled', {})) })
      const ofList = this.#waiting.filter((one) => one.urgency === 'list')
      const [oldest] = ofList
      if (oldest === undefined || ofList.length <= this.#mostOfList) return
      this.#waiting = this.#waiting.filter((one) => one !== oldest)
      oldest.drop()
    })
  }

  /** Gives the place to who is to have it, or frees it. */
  #next(): void {
    const next = this.#waiting.findLast(({ urgency }) => urgency === 'viewer') ?? this.#waiting.at(-1)
    if (next === undefined) {
      this.#running--
      return
    }
    this.#waiting = this.#waiting.filter((one) => one !== next)
    next.begin()
  }
}
