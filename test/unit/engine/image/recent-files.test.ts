import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { RecentFiles } from '../../../../electron/engine/image/recent-files.ts'

const directory = mkdtempSync(join(tmpdir(), 'lobule-recent-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** A file of its own, so many bytes long. */
function file(name: string, bytes = 1): string {
  const path = join(directory, name)
  writeFileSync(path, Buffer.alloc(bytes))
  return path
}

test('makes something once for a file and a part, and again once the file has changed', async () => {
  const recent = new RecentFiles<number>(4)
  const path = file('one')
  let made = 0
  const get = (part: string): Promise<number> => recent.get(path, part, () => Promise.resolve(++made))
  expect([await get('a'), await get('a'), await get('b'), await get('a')]).toEqual([1, 1, 2, 1])
  file('one', 2)
  expect([await get('a'), await get('a')]).toEqual([3, 3])
})

test('makes it again once another file of the same image has changed, appeared or gone', async () => {
  const recent = new RecentFiles<number>(8)
  let made = 0
  const get = (name: string): Promise<number> =>
    recent.get(join(directory, name), '', () => Promise.resolve(++made))
  file('slide.mrxs')
  expect([await get('slide.mrxs'), await get('slide.mrxs')]).toEqual([1, 1])
  mkdirSync(join(directory, 'slide'))
  file('slide/Index.dat')
  expect([await get('slide.mrxs'), await get('slide.mrxs')]).toEqual([2, 2])
  file('slide/Index.dat', 2)
  expect(await get('slide.mrxs')).toBe(3)
  file('a.dcm')
  expect([await get('a.dcm'), await get('a.dcm')]).toEqual([4, 4])
  file('b.DCM')
  expect([await get('a.dcm'), await get('a.dcm')]).toEqual([5, 5])
  rmSync(join(directory, 'b.DCM'))
  file('c.txt')
  expect(await get('a.dcm')).toBe(4)
})

test('keeps those that were used last, no failure, and nothing of a file that is gone', async () => {
  const recent = new RecentFiles<string>(2)
  const made: string[] = []
  const get = (name: string): Promise<string> =>
    recent.get(join(directory, name), '', () => {
      made.push(name)
      return made.length === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve(name)
    })
  for (const name of ['x', 'y', 'z']) file(name)
  await expect(get('x')).rejects.toThrow('not yet')
  // y is displaced by z, since x was used after it.
  for (const name of ['x', 'y', 'x', 'z', 'x', 'z', 'y']) expect(await get(name)).toBe(name)
  expect(made).toEqual(['x', 'x', 'y', 'z', 'y'])
  await expect(get('gone')).rejects.toMatchObject({ code: 'path.not-found' })
})
