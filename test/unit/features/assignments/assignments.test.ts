import Sqlite from 'better-sqlite3'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { oldImage, oldWorkspace } from '../../../support/old-workspace.ts'
import { startApplication, type Caller } from '../audit/seeded-workspace.ts'

let root: string
let caller: Caller
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-assignments-'))
  // As the version before assignments made it.
  oldWorkspace(root, 30, [1, 2, 3, 4].map(oldImage).join(''))
  caller = startApplication(join(root, 'home'))
  await caller.call('workspace.open', { path: join(root, 'w') })
})
afterEach(async () => {
  await caller.application.close()
  rmSync(root, { recursive: true })
})

const add = async (imageIds: number[], to: string, due: string | null = null): Promise<number> =>
  (await caller.call('assignment.add', { imageIds, to, due })).changed
const list = () => caller.call('assignment.list', {})
const assignedTo = async () => (await caller.call('image.list', {})).map((image) => image.assignedTo ?? [])
const isWhole = async (): Promise<boolean> => (await caller.call('audit.verify', {})).whole

it('an older workspace opens without assignments, and gets a new reader with the first', async () => {
  expect(await list()).toEqual([])
  expect(await caller.call('image.get', { imageId: 1 })).not.toHaveProperty('assignedTo')
  expect(await add([1, 2], 'Bea')).toBe(2)
  expect((await caller.call('reader.list', {})).map(({ name }) => name)).toEqual(['Bea', 'ada'])
  expect(await list()).toEqual([{ reader: 'Bea', due: null, imageIds: [1, 2], read: 0 }])
  expect(await isWhole()).toBe(true)
})

it('counts the images that the assigned reader has read, unsure ones too, and no other labels', async () => {
  await add([1, 2, 3], 'ada')
  await add([3, 4], 'Bea')
  await caller.call('image.label', { imageIds: [1, 4], className: 'Benign', reader: 'ada' })
  await caller.call('image.label', { imageIds: [2], className: null, isUnsure: true, reader: 'ada' })
  await caller.call('image.label', { imageIds: [3], className: 'Malignant', reader: 'Bea' })
  expect(await list()).toEqual([
    { reader: 'Bea', due: null, imageIds: [3, 4], read: 1 },
    { reader: 'ada', due: null, imageIds: [1, 2, 3], read: 2 },
  ])
  await caller.call('image.label', { imageIds: [1], className: null, reader: 'ada' })
  expect((await list())[1]).toMatchObject({ reader: 'ada', read: 1 })
})

it('the newest assignment of an image and a reader counts, and only what changes leaves an event', async () => {
  const events = async (): Promise<number> =>
    (await caller.call('audit.list', { filter: { kinds: ['assignment'] } })).total
  expect(await add([1, 2], 'ada', '2026-12-31')).toBe(2)
  expect(await add([1, 2], 'ADA', '2026-12-31')).toBe(0)
  expect(await events()).toBe(1)
  expect(await add([2, 3], 'ada', '2026-11-30')).toBe(2)
  expect(await add([4], 'ada')).toBe(1)
  expect(await list()).toEqual([
    { reader: 'ada', due: '2026-11-30', imageIds: [2, 3], read: 0 },
    { reader: 'ada', due: '2026-12-31', imageIds: [1], read: 0 },
    { reader: 'ada', due: null, imageIds: [4], read: 0 },
  ])
  expect(await caller.call('assignment.remove', { imageIds: [1, 2, 3], to: 'ada', reason: 'ill' })).toEqual({
    changed: 3,
  })
  expect(await caller.call('assignment.remove', { imageIds: [1], to: 'ada' })).toEqual({ changed: 0 })
  expect(await list()).toEqual([{ reader: 'ada', due: null, imageIds: [4], read: 0 }])
  expect(await add([1], 'ada')).toBe(1)
  expect(await assignedTo()).toEqual([['ada'], [], [], ['ada']])
  expect(await events()).toBe(5)
  expect(await isWhole()).toBe(true)
})

it('assigns nothing if one image is unknown or removed; a removed one leaves the list', async () => {
  await add([1, 2], 'Bea')
  await caller.call('image.setRemoved', { imageIds: [1], isRemoved: true, reader: 'ada' })
  expect(await list()).toEqual([{ reader: 'Bea', due: null, imageIds: [2], read: 0 }])
  await expect(add([3, 1], 'Cleo')).rejects.toMatchObject({ code: 'image.removed' })
  await expect(add([3, 9], 'Cleo')).rejects.toMatchObject({ code: 'image.not-found' })
  await expect(add([3], 'Вea')).rejects.toMatchObject({ code: 'reader.looks-alike' })
  expect((await caller.call('reader.list', {})).map(({ name }) => name)).toEqual(['Bea', 'ada'])
  await expect(add([3], 'Bea', '2026-02-30')).rejects.toMatchObject({ code: 'call.invalid-input' })
})

it('with users, a pathologist assigns and a technician does not', async () => {
  const pin = 'a long walk'
  await caller.call('user.add', { name: 'Head', role: 'administrator', pin })
  await caller.call('user.add', { name: 'Tom', role: 'technician', pin })
  await caller.call('user.add', { name: 'Pat', role: 'pathologist', pin })
  await caller.call('user.signIn', { name: 'Tom', pin })
  await expect(add([1], 'Tom')).rejects.toMatchObject({ code: 'user.not-allowed' })
  await caller.call('user.signIn', { name: 'Pat', pin })
  expect(await add([1], 'Tom')).toBe(1)
  await caller.call('user.signIn', { name: 'Tom', pin })
  expect(await list()).toHaveLength(1)
})

it('a blind reader sees their own assignments alone', async () => {
  await add([1, 2], 'ada')
  await add([2, 3], 'Bea')
  await caller.call('image.label', { imageIds: [2], className: 'Benign', reader: 'ada' })
  // The command line hides nothing; the window does.
  expect(await list()).toHaveLength(2)
  await caller.application.close()
  caller = startApplication(join(root, 'home'), {}, undefined, { tiles: '/slide', choose: null })
  await caller.call('workspace.open', { path: join(root, 'w') })
  await caller.call('reader.set', { name: 'Bea' })
  await caller.call('reader.setBlind', { isBlind: true })
  const [own, ...others] = await list()
  expect(others).toEqual([])
  const images = await caller.call('image.list', {})
  const mine = images.filter((image) => image.assignedTo !== undefined)
  expect(mine.map((image) => image.assignedTo)).toEqual([['Bea'], ['Bea']])
  // In the order of their ids, which are made from the contents.
  expect(own).toEqual({ reader: 'Bea', due: null, imageIds: mine.map(({ id }) => id), read: 0 })
  await expect(
    caller.call('assignment.add', { imageIds: mine.map(({ id }) => id), to: 'ada' }),
  ).rejects.toMatchObject({
    code: 'reading.blind',
  })
})

it('the rows of assignments can only be added', () => {
  return add([1], 'ada').then(() => {
    const database = new Sqlite(join(root, 'w', 'workspace.sqlite'))
    for (const table of ['assignments', 'assigned_images'])
      for (const change of [
        `DELETE FROM ${table}`,
        `UPDATE ${table} SET ${table === 'assignments' ? 'due' : 'image_id'} = 2`,
      ])
        expect(() => database.exec(change)).toThrow(/append-only/)
    database.close()
  })
})
