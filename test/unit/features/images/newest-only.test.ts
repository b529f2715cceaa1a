import { expect, it } from 'vitest'
import { NewestOnly } from '../../../../electron/features/images/newest-only.ts'

it('an older piece of work is aborted and superseded; those of other keys are not', async () => {
  const newest = new NewestOnly()
  const signals: AbortSignal[] = []
  const first = Promise.withResolvers<string>()
  const start = (key: string, result: Promise<string>): Promise<string> =>
    newest.run(key, (signal) => {
      signals.push(signal)
      return result
    })
  const older = start('a', first.promise)
  const other = start('b', Promise.resolve('other'))
  const newer = start('a', Promise.resolve('newer'))
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false, false])
  first.resolve('late')
  await expect(older).rejects.toMatchObject({ code: 'call.superseded' })
  expect(await newer).toBe('newer')
  expect(await other).toBe('other')
})

it('an error of work that is still the newest is its own', async () => {
  const newest = new NewestOnly()
  await expect(newest.run('a', () => Promise.reject(new Error('own')))).rejects.toThrow('own')
  const older = newest.run(
    'a',
    (signal) => new Promise((_, reject) => signal.addEventListener('abort', reject)),
  )
  expect(await newest.run('a', () => Promise.resolve(1))).toBe(1)
  await expect(older).rejects.toMatchObject({ code: 'call.superseded' })
})
