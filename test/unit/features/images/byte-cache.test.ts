import { expect, it } from 'vitest'
import { ByteCache } from '../../../../electron/features/images/byte-cache.ts'

it('creates once, shares the pending result, drops the least recently used, forgets failures', async () => {
  const cache = new ByteCache(10)
  const made: string[] = []
  const get = (key: string, bytes = 4): Promise<Uint8Array> =>
    cache.get(key, async () => {
      await Promise.resolve()
      made.push(key)
      return new Uint8Array(bytes)
    })
  await Promise.all([get('a'), get('a')])
  await get('b')
  await get('a')
  await get('c')
  expect(made).toEqual(['a', 'b', 'c'])
  await get('a')
  await get('b')
  expect(made).toEqual(['a', 'b', 'c', 'b'])
  await expect(cache.get('x', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect((await cache.get('x', () => Promise.resolve(new Uint8Array(1)))).length).toBe(1)
})
