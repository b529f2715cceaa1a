import { expect, test } from 'vitest'
import type { CallOutput, WorkspaceView } from '../../../electron/contract/index.ts'
import { Session } from '../../../renderer/state/session.svelte.ts'
import { stubClient, type Answers } from '../support/stub-client.ts'
import { workspaceView } from '../../support/workspace-view.ts'

const info: CallOutput<'app.info'> = {
  version: '1.0.0',
  acknowledged: false,
  reader: 'Ada',
  isBlind: false,
  nativeDialogs: false,
  tiles: '/tiles',
  homeDirectory: '/home/ada',
}
const workspace = (name: string): WorkspaceView => ({
  ...workspaceView(name),
  classes: [
    { name: 'Benign', key: '1', isPositive: false },
    { name: 'Malignant', key: '2', isPositive: true },
  ] as WorkspaceView['classes'],
  formerClassNames: [{ name: 'Harmless', className: 'Benign' }],
})

function load(answers: Answers = {}) {
  const { client, asked } = stubClient({
    'app.info': () => info,
    'app.policy': () => ({
      source: '/p',
      locked: [{ key: 'allowDownloads', title: 'D', value: 'off', help: '' }],
    }),
    'workspace.current': () => null,
    'workspace.recent': () => [{ path: '/old', name: 'old' }],
    ...answers,
  })
  const session = new Session(client)
  return { session, asked }
}

test('is empty before the first answers', async () => {
  const { session } = load()
  expect(session).toMatchObject({ info: null, workspace: null, recent: [], classes: [] })
  await session.load()
  expect(session.info).toEqual(info)
  expect([session.locked('allowDownloads'), session.locked('proxy')]).toEqual(['off', null])
  expect(session.recent).toEqual([{ path: '/old', name: 'old' }])
})

test('a failed answer changes nothing', async () => {
  const { session } = load({ 'workspace.recent': () => Promise.reject(new Error('lost')) })
  await expect(session.load()).rejects.toThrow('lost')
  expect(session).toMatchObject({ info: null, recent: [] })
})

test('opening and closing a workspace changes the classes and the recent workspaces', async () => {
  const recent: { path: string; name: string }[] = []
  const { session } = load({
    'workspace.recent': () => [...recent],
    'workspace.open': ({ path }) => {
      recent.unshift({ path, name: 'study' })
      return workspace('study')
    },
    'workspace.close': () => ({}) as never,
  })
  await session.open('/study')
  expect(session.workspace?.name).toBe('study')
  expect(session.recent).toEqual([{ path: '/study', name: 'study' }])
  expect(session.classOf('Malignant')?.key).toBe('2')
  expect(session.classOf('Unknown')).toBeUndefined()
  expect(session.classOf(undefined)).toBeUndefined()
  await session.close()
  session.show(null)
  expect(session).toMatchObject({ workspace: null, classes: [] })
  expect(session.classOf('Malignant')).toBeUndefined()
})

test('if a workspace cannot be opened, the current one stays open', async () => {
  const { session } = load({
    'workspace.create': ({ path, classes }) => {
      expect({ path, classes }).toEqual({ path: '/study', classes: 'Benign,Malignant*' })
      return workspace('study')
    },
    'workspace.open': () => Promise.reject(new Error('no workspace')),
  })
  await session.create('/study', 'Benign,Malignant*')
  await expect(session.open('/other')).rejects.toThrow('no workspace')
  expect(session.workspace?.name).toBe('study')
})

test('the notice is acknowledged only once that is saved', async () => {
  let isBroken = true
  const { session } = load({
    'app.acknowledge': () => {
      if (isBroken) throw new Error('The disk is full.')
      return {} as never
    },
  })
  await session.load()
  await expect(session.acknowledge()).rejects.toThrow('The disk is full.')
  expect(session.info?.acknowledged).toBe(false)
  isBroken = false
  await session.acknowledge()
  expect(session.info?.acknowledged).toBe(true)
})

test('another reader is adopted; the rest stays', async () => {
  const { session } = load()
  session.setReader('Bo', true)
  expect(session.info).toBeNull()
  await session.load()
  session.setReader('Bo', true)
  expect(session.info).toEqual({ ...info, reader: 'Bo', isBlind: true })
})

test('naming the reader sends that name', async () => {
  const { session, asked } = load({ 'reader.set': () => ({}) as never })
  await session.nameReader('Bo')
  expect(asked).toEqual([['reader.set', { name: 'Bo' }]])
})
