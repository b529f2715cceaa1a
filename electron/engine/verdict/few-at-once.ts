/**
 * Works on so many items at once and gives the results in the order of the items. After a failure nothing
 * more is begun; what is under way is waited for, so that nothing is still at work when it throws.
 */
export async function fewAtOnce<T, R>(
  items: readonly T[],
  count: number,
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
  const workers = Array.from({ length: count }, workOn)
  await Promise.allSettled(workers)
  await Promise.all(workers)
  return results
}
