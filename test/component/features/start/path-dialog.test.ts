import { screen } from '@testing-library/svelte'
import type { UserEvent } from '@testing-library/user-event'
import { expect, test } from 'vitest'
import type { CallOutput } from '../../../../electron/contract/index.ts'
import type { Client } from '../../../../renderer/api/client.ts'
import PathDialog from '../../../../renderer/features/start/PathDialog.svelte'
import type { Lobule } from '../../../../renderer/state/lobule.svelte.ts'
import { Paths } from '../../../../renderer/state/paths.svelte.ts'
import InLobule from '../../support/InLobule.svelte'
import { show } from '../../support/kit.ts'
import { deferred, stubClient } from '../../support/stub-client.ts'
import { waitFor } from '../../../support/waiting.ts'

const folder = (path: string): CallOutput<'directory.list'> => ({
  path,
  parent: '/',
  entries: [],
  unreadable: [],
})

/** The dialog, which shows nothing until a path is requested. */
function showDialog(client: Client): { paths: Paths; user: UserEvent } {
  const paths = new Paths(client, () => false)
  const lobule = { paths } as unknown as Lobule
  return { paths, user: show(InLobule, { lobule, view: PathDialog }) }
}

test('what is typed replaces the first folder, also if that comes after the dialog', async () => {
  const home = deferred<CallOutput<'directory.list'>>()
  const { client, asked } = stubClient({
    'directory.list': ({ path }) => (path === null ? home.promise : folder(path)),
  })
  const { paths, user } = showDialog(client)
  const answer = paths.choose('folder')
  const field = await screen.findByLabelText<HTMLInputElement>('Path')
  await waitFor(() => {
    expect(document.activeElement).toBe(field)
  })

  home.resolve(folder('/home/ada'))
  await waitFor(() => {
    expect(field.value).toBe('/home/ada')
  })
  await user.keyboard('/data{Enter}')
  await waitFor(() => {
    expect(asked.map(([, input]) => input)).toEqual([{ path: null }, { path: '/data' }])
  })

  await user.click(await screen.findByRole('button', { name: 'Choose this folder' }))
  expect(await answer).toEqual(['/data'])
})

test('what was typed before the first folder came is kept', async () => {
  const home = deferred<CallOutput<'directory.list'>>()
  const { client } = stubClient({ 'directory.list': () => home.promise })
  const { paths, user } = showDialog(client)
  void paths.choose('folder')
  const field = await screen.findByLabelText<HTMLInputElement>('Path')
  await user.type(field, '/da')
  home.resolve(folder('/home/ada'))
  await screen.findByText('This folder contains no other folder. You can choose it.')
  await user.keyboard('ta')
  expect(field.value).toBe('/data')
})

test('the name of a new folder can be typed at once', async () => {
  const { client, asked } = stubClient({
    'directory.list': ({ path }) => folder(path ?? '/home/ada'),
    'directory.create': ({ path }) => ({ path }),
  })
  const { paths, user } = showDialog(client)
  void paths.choose('folder')
  await user.click(await screen.findByRole('button', { name: 'New folder…' }))
  const field = await screen.findByLabelText('Name of the new folder')
  await waitFor(() => {
    expect(document.activeElement).toBe(field)
  })
  await user.keyboard('study{Enter}')
  await waitFor(() => {
    expect(asked.at(-1)).toEqual(['directory.list', { path: '/home/ada/study' }])
  })
})
