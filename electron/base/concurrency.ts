/**
 * Applies `work` to every item, at most `limit` at a time, and returns the results in the order of the items.
 * After a failure it starts no further item. It waits for those that are running before it throws, so that no
 * work outlives the call.
 */
export async function mapWithConcurrency<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const waiting = [...items.entries()]
  const workOn = async (): Promise<void> => {
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        results[next[0]] = await work(next[1])
      }
    } catch (error) {
      waiting.length = 0
      throw error
    }
  }
  const workers = Array.from({ length: limit }, workOn)
  await Promise.allSettled(workers)
  await Promise.all(workers)
  return results
}
