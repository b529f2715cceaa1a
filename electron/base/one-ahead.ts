/**
 * The results of `work` for each item, in order. The work for the next item begins before a result is given, so that it runs while
 * that result is used. An error is thrown in the turn of its item.
 */
export async function* oneAhead<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void> {
  const begin = (item: Item): Promise<Result> => {
    const result = work(item)
    // A consumer that has failed never takes it.
    result.catch(() => undefined)
    return result
  }
  const [first, ...others] = items
  if (first === undefined) return
  let next = begin(first)
  for (const item of others) {
    const result = await next
    next = begin(item)
    yield result
  }
  yield await next
}
