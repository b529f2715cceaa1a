/**
 * Work on many things that yields where the event loop may turn, so that a call about ten thousand images does not keep the
 * process from answering others. What is written between two yields is one transaction.
 */
export type Sliced<R> = Generator<undefined, R, undefined>

/** Things in one slice: some 20 to 40 ms of work for images that are labelled. */
export const sliceLength = 100

export function* slicesOf<T>(items: readonly T[], length = sliceLength): Generator<readonly T[]> {
  for (let begin = 0; begin < items.length; begin += length) yield items.slice(begin, begin + length)
}

/** Calls `work` for each slice, and yields between two of them. */
export function* inSlices<T>(
  items: readonly T[],
  work: (slice: readonly T[], index: number, isLast: boolean) => void,
): Sliced<void> {
  const count = Math.ceil(items.length / sliceLength)
  for (const [index, slice] of [...slicesOf(items)].entries()) {
    if (index > 0) yield
    work(slice, index, index === count - 1)
  }
}

/** Does sliced work without a pause. */
export function atOnce<R>(work: Sliced<R>): R {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
  }
}

/** Lets the event loop turn. */
export const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Does sliced work; the event loop turns between the slices. */
export async function withPauses<R>(work: Sliced<R>): Promise<R> {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
    await pause()
  }
}
