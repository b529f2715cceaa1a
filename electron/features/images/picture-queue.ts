import { AppError } from '../../contract/index.ts'

/** Priority of a picture: the viewer's tiles come before the thumbnails of a list. */
export type Priority = 'viewer' | 'list'

interface Waiting {
  priority: Priority
  begin: () => void
  drop: () => void
}

/**
 * Makes pictures with limited concurrency. The viewer's come first, then the newest request: a list that is scrolled
 * requests more than the user will see, and what is on screen was requested last. A list's older requests are dropped.
 */
export class PictureQueue {
  readonly #maxConcurrent: number
  readonly #maxWaitingOfList: number
  #waiting: Waiting[] = []
  #running = 0

  constructor(maxConcurrent: number, maxWaitingOfList: number) {
    this.#maxConcurrent = maxConcurrent
    this.#maxWaitingOfList = maxWaitingOfList
  }

  /** @throws AppError `job.cancelled` if newer requests of a list took its place */
  async run<T>(priority: Priority, make: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#maxConcurrent) await this.#waitForSlot(priority)
    else this.#running++
    try {
      return await make()
    } finally {
      this.#releaseSlot()
    }
  }

  /** Resolves when a running picture hands its slot over. */
  #waitForSlot(priority: Priority): Promise<void> {
    return new Promise((begin, reject) => {
      this.#waiting.push({ priority, begin, drop: () => reject(new AppError('job.cancelled', {})) })
      const ofList = this.#waiting.filter((one) => one.priority === 'list')
      const [oldest] = ofList
      if (oldest === undefined || ofList.length <= this.#maxWaitingOfList) return
      this.#waiting = this.#waiting.filter((one) => one !== oldest)
      oldest.drop()
    })
  }

  /** Hands the slot to the next request, or frees it. */
  #releaseSlot(): void {
    const next = this.#waiting.findLast(({ priority }) => priority === 'viewer') ?? this.#waiting.at(-1)
    if (next === undefined) {
      this.#running--
      return
    }
    this.#waiting = this.#waiting.filter((one) => one !== next)
    next.begin()
  }
}
