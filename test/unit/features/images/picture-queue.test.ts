import { expect, it } from 'vitest'
import { hasCode } from '../../../../electron/contract/index.ts'
import { PictureQueue, type Priority } from '../../../../electron/features/images/picture-queue.ts'

/** Images that are made on the test's command, one after the other. */
function studio(
  maxConcurrent: number,
  maxWaitingOfList: number,
): {
  ask: (name: string, priority: Priority) => Promise<string>
  end: (name: string) => Promise<void>
  begun: string[]
} {
  const queue = new PictureQueue(maxConcurrent, maxWaitingOfList)
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const ask = (name: string, priority: Priority): Promise<string> =>
    queue.run(priority, () => {
      begun.push(name)
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)))
    })
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.()
    await new Promise((resolve) => setTimeout(resolve))
  }
  return { ask, end, begun }
}

it('makes a limited number at once, the viewer’s before a list’s, and the newest first', async () => {
  const { ask, end, begun } = studio(2, 10)
  const all = ['a', 'b', 'c', 'd'].map((name) => ask(name, 'list'))
  all.push(ask('V', 'viewer'), ask('W', 'viewer'), ask('e', 'list'))
  expect(begun).toEqual(['a', 'b'])
  for (const name of ['b', 'W', 'V', 'e', 'd', 'a', 'c']) await end(name)
  expect(begun).toEqual(['a', 'b', 'W', 'V', 'e', 'd', 'c'])
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd', 'V', 'W', 'e'])
})

it('drops the oldest of a list if too many wait, and never one of the viewer', async () => {
  const { ask, end, begun } = studio(1, 2)
  const first = ask('a', 'list')
  const viewers = ['V', 'W', 'X'].map((name) => ask(name, 'viewer'))
  const dropped = ask('b', 'list')
  const kept = [ask('c', 'list'), ask('d', 'list')]
  await expect(dropped).rejects.toSatisfy((error) => hasCode(error, 'job.cancelled'))
  for (const name of ['a', 'X', 'W', 'V', 'd', 'c']) await end(name)
  await Promise.all([first, ...viewers, ...kept])
  expect(begun).toEqual(['a', 'X', 'W', 'V', 'd', 'c'])
})

it('starts the next one when one fails', async () => {
  const queue = new PictureQueue(1, 5)
  const failing = queue.run('viewer', () => Promise.reject(new Error('damaged')))
  const next = queue.run('list', () => Promise.resolve(7))
  await expect(failing).rejects.toThrow('damaged')
  expect(await next).toBe(7)
  expect(await queue.run('list', () => Promise.resolve(8))).toBe(8)
})
