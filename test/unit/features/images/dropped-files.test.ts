import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { allJobs } from '../../../../electron/application/all-jobs.ts'
import { dropAddress, dropPrefix, parseDropAddress } from '../../../../electron/contract/index.ts'
import {
  dropDirectory,
  droppedPath,
  removeDropped,
  removeOldDrops,
} from '../../../../electron/features/images/dropped-file-paths.ts'
import { DroppedFiles } from '../../../../electron/features/images/dropped-files.ts'
import { Session } from '../../../../electron/session/session.ts'

let root: string
let session: Session
let drops: DroppedFiles
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-drops-'))
  session = new Session(
    'test',
    () => undefined,
    () => 'ada',
    allJobs,
    () => {
      throw new Error('no job runs')
    },
  )
  await session.create(join(root, 'w'), 'A,B')
  drops = new DroppedFiles(session)
})
afterEach(async () => {
  await session.dispose()
  rmSync(root, { recursive: true })
})

async function* bodyOf(...chunks: string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk))
}
const send = (dropId: string, path: string, text: string, bytes = text.length): Promise<string> =>
  drops.receive({ dropId, path, bytes, body: bodyOf(text) })
const dropped = (): string[] =>
  existsSync(join(root, 'w', 'dropped'))
    ? readdirSync(join(root, 'w', 'dropped'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name)
    : []

it('accepts announced files, in folders, complete', async () => {
  const dropId = await drops.begin({ files: 2, bytes: 9 })
  const path = await drops.receive({
    dropId,
    path: 'Benign/Fälle 1/a 🔬 #%.png',
    bytes: 6,
    body: bodyOf('abc', 'def'),
  })
  expect(path).toBe(join(root, 'w', 'dropped', dropId, 'Benign', 'Fälle 1', 'a 🔬 #%.png'))
  expect(readFileSync(path, 'utf8')).toBe('abcdef')
  expect(droppedPath(session.workspace, path)).toEqual({
    root: dropDirectory(session.workspace, dropId),
    path: 'Benign/Fälle 1/a 🔬 #%.png',
  })
  await send(dropId, 'b.png', 'ghi')
  await expect(send(dropId, 'c.png', '')).rejects.toThrow(/larger than was announced/)
  await removeDropped(session.workspace, path)
  expect(readdirSync(dropDirectory(session.workspace, dropId))).toEqual(['b.png'])
  await drops.discard(dropId)
  expect(dropped()).toEqual([])
})

describe('refuses, and leaves nothing', () => {
  it.each([
    '../a.png',
    'a/../../b.png',
    '/etc/passwd',
    'a//b.png',
    './a.png',
    'a\\b.png',
    'a\0.png',
    'a\n.png',
    '',
    'x'.repeat(256),
    Array.from({ length: 33 }, () => 'a').join('/'),
  ])('the path %j', async (path) => {
    const dropId = await drops.begin({ files: 1, bytes: 10 })
    await expect(send(dropId, path, 'abc')).rejects.toMatchObject({ code: 'drop.refused' })
    expect(dropped()).toEqual([])
  })

  it.each([
    ['longer than announced', 'abcd', 3, /longer than was announced/],
    ['cut off', 'ab', 3, /was cut off/],
  ])('a body that is %s', async (_what, text, bytes, reason) => {
    const dropId = await drops.begin({ files: 1, bytes: 10 })
    await expect(send(dropId, 'a.png', text, bytes)).rejects.toThrow(reason)
    expect(dropped()).toEqual([])
  })

  it('a body that breaks off', async () => {
    const dropId = await drops.begin({ files: 1, bytes: 10 })
    const body = (async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('ab'))
      throw new Error('aborted')
    })()
    const broken = drops.receive({ dropId, path: 'a.png', bytes: 3, body })
    await expect(broken).rejects.toMatchObject({ code: 'path.not-writable' })
    expect(dropped()).toEqual([])
  })

  it('more bytes than announced, a second file with one path, an unknown drop or one of another workspace', async () => {
    const dropId = await drops.begin({ files: 5, bytes: 5 })
    await send(dropId, 'a.png', 'abc')
    await expect(send(dropId, 'a.png', 'ab')).rejects.toThrow(/was already sent/)
    await expect(send(dropId, 'b.png', 'abcdef')).rejects.toThrow(/larger than was announced/)
    await expect(send('0123456789abcdef', 'a.png', 'a')).rejects.toThrow(/was not announced/)
    await session.create(join(root, 'other'), 'A,B')
    const other = await drops.begin({ files: 1, bytes: 1 })
    expect(other).not.toBe(dropId)
    await expect(send(dropId, 'c.png', '')).rejects.toThrow(/was not announced/)
  })

  it('what does not fit on the disk', async () => {
    await expect(drops.begin({ files: 1, bytes: 2 ** 52 })).rejects.toMatchObject({ code: 'disk.full' })
  })
})

it('removes drops that waited for a week, and no others', async () => {
  const [old, fresh] = [await drops.begin({ files: 1, bytes: 3 }), await drops.begin({ files: 1, bytes: 3 })]
  await send(old, 'old.png', 'old')
  await send(fresh, 'new.png', 'new')
  const longAgo = Date.now() / 1000 - 8 * 24 * 3600
  utimesSync(dropDirectory(session.workspace, old), longAgo, longAgo)
  await removeOldDrops(session.workspace)
  expect(dropped()).toEqual(['new.png'])
})

it('parses the addresses of dropped files and nothing else', () => {
  const id = '0123456789abcdef'
  const path = 'Benign/a b #%?ä.png'
  expect(parseDropAddress(dropAddress(id, path).slice(dropPrefix.length))).toEqual({ dropId: id, path })
  for (const address of ['', '/', `/${id}`, '/x/a.png', `/${id}/a%2Fb.png`, `/${id}/%zz`, `${id}/a.png`]) {
    expect(parseDropAddress(address), address).toBeNull()
  }
})
