import { expect, it, vi } from 'vitest'
import { TilePrefetch } from '../../../../../renderer/features/slide/tile-prefetch.ts'

interface Load {
  address: string
  signal: AbortSignal
  finish: () => Promise<void>
  fail: () => Promise<void>
}

/** Runs everything that does not wait for an answer. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

/** Tiles by name: the requests, each answered on the test's command. */
function makeAhead() {
  const loads: Load[] = []
  const draws: string[] = []
  const ahead = new TilePrefetch<string, string>({
    load: (address, signal) =>
      new Promise((resolve, reject) => {
        const finish = (): Promise<void> => (resolve(`picture of ${address}`), settle())
        const fail = (): Promise<void> => (reject(new Error('none')), settle())
        signal.addEventListener('abort', () => reject(new Error('aborted')))
        loads.push({ address, signal, finish, fail })
      }),
    draw: (picture) => {
      draws.push(picture)
      return Promise.resolve(`drawn ${picture}`)
    },
  })
  return { ahead, loads, draws, asked: () => loads.map(({ address }) => address) }
}

it('fetches in order of likelihood, two at once, and returns each one drawn', async () => {
  const { ahead, loads, asked } = makeAhead()
  ahead.fetch([['n1', 'n2'], ['p1']], [])
  expect(asked()).toEqual(['n1', 'n2'])
  expect(ahead.take('n1')).toBeNull()
  await loads[1]?.finish()
  expect(asked()).toEqual(['n1', 'n2', 'p1'])
  await loads[0]?.finish()
  await loads[2]?.finish()
  expect(ahead.take('n1')).toEqual({ drawn: 'drawn picture of n1' })
  // Its caller frees the drawn image; the tile is still kept.
  expect(ahead.take('n1')).toEqual({ picture: 'picture of n1' })
  expect(ahead.take('p1')).toEqual({ drawn: 'drawn picture of p1' })
  expect(ahead.take('elsewhere')).toBeNull()
})

it('stops loading unwanted tiles, and forgets tiles of distant images', async () => {
  const { ahead, loads, asked } = makeAhead()
  ahead.fetch([['a1', 'a2', 'a3']], [])
  await loads[0]?.finish()
  ahead.fetch([['b1']], [])
  await settle()
  expect(loads.map(({ signal }) => signal.aborted)).toEqual([false, true, true, false])
  expect(asked()).toEqual(['a1', 'a2', 'a3', 'b1'])
  expect(ahead.take('a1')).toBeNull()
})

it('keeps current tiles for the way back, and draws them again without fetching', async () => {
  const { ahead, loads, draws, asked } = makeAhead()
  ahead.fetch([['b1']], ['a1'])
  await loads[0]?.finish()
  ahead.take('b1')
  ahead.fetch([['c1']], ['b1'])
  await loads[1]?.finish()
  ahead.take('c1')
  ahead.fetch([['d1'], ['b1']], ['c1'])
  await settle()
  expect(asked()).toEqual(['b1', 'c1', 'd1'])
  expect(draws).toEqual(['picture of b1', 'picture of c1', 'picture of b1'])
  expect(ahead.take('b1')).toEqual({ drawn: 'drawn picture of b1' })
})

it('pauses at once and continues where it was', async () => {
  const { ahead, loads, asked } = makeAhead()
  const wanted = [['a1', 'a2', 'a3']]
  ahead.fetch(wanted, [])
  await loads[0]?.finish()
  ahead.pause()
  await settle()
  expect(loads.map(({ signal }) => signal.aborted)).toEqual([false, true, true])
  expect(ahead.take('a1')).not.toBeNull()
  ahead.fetch(wanted, [])
  await settle()
  expect(asked().slice(3)).toEqual(['a2', 'a3'])
})

it('stops requesting tiles of an image after a failure, until the reader leaves it', async () => {
  const { ahead, loads, asked } = makeAhead()
  ahead.fetch([['a1', 'a2', 'a3', 'a4'], ['b1']], [])
  await loads[0]?.fail()
  await loads[1]?.finish()
  await loads[2]?.finish()
  ahead.fetch([['a1', 'a2', 'a3', 'a4'], ['b1']], [])
  await settle()
  expect(asked()).toEqual(['a1', 'a2', 'b1'])
  ahead.fetch([['b1']], [])
  ahead.fetch([['a1']], [])
  await settle()
  expect(asked()).toEqual(['a1', 'a2', 'b1', 'a1'])
})

it('stops requesting tiles of an image that are slow to make', async () => {
  const { ahead, loads, asked } = makeAhead()
  const now = vi.spyOn(performance, 'now').mockReturnValue(0)
  ahead.fetch([['a1', 'a2', 'a3'], ['b1']], [])
  now.mockReturnValue(1001)
  await loads[0]?.finish()
  now.mockRestore()
  expect(asked()).toEqual(['a1', 'a2', 'b1'])
  expect(ahead.take('a1')).toEqual({ drawn: 'drawn picture of a1' })
})

it('holds no more than 24 tiles, the likeliest', async () => {
  const { ahead, loads, asked } = makeAhead()
  const many = (name: string): string[] => Array.from({ length: 20 }, (_, index) => `${name}${index}`)
  ahead.fetch([many('a'), many('b')], [])
  for (let index = 0; index < loads.length; index++) await loads[index]?.finish()
  expect(asked()).toEqual([...many('a'), ...many('b').slice(0, 4)])
})

it('is empty after it was cleared', async () => {
  const { ahead, loads } = makeAhead()
  ahead.fetch([['a1', 'a2']], [])
  await loads[0]?.finish()
  ahead.clear()
  expect(loads[1]?.signal.aborted).toBe(true)
  expect(ahead.take('a1')).toBeNull()
})
