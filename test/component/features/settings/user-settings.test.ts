import { screen } from '@testing-library/svelte'
import type { UserEvent } from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import type { UserView } from '../../../../electron/contract/index.ts'
import UserSettings from '../../../../renderer/features/settings/UserSettings.svelte'
import { Alerts } from '../../../../renderer/state/alerts.svelte.ts'
import type { Lobule } from '../../../../renderer/state/lobule.svelte.ts'
import { Users } from '../../../../renderer/state/users.svelte.ts'
import InLobule from '../../support/InLobule.svelte'
import { show } from '../../support/kit.ts'
import { stubClient, type Answers, type StubClient } from '../../support/stub-client.ts'

const anna: UserView = { name: 'Anna', role: 'administrator', account: null }
const ben: UserView = { name: 'Ben', role: 'technician', account: null }

/** The users of a workspace, as the signed-in administrator sees them. */
async function settings(more: Answers): Promise<StubClient & { user: UserEvent }> {
  const stub = stubClient({
    'user.state': () => ({
      users: [anna, ben],
      signedIn: anna,
      isLocked: false,
      account: 'lab',
      lockAfterMinutes: 10,
    }),
    ...more,
  })
  const users = new Users(stub.client)
  await users.load('/w')
  const session = { locked: () => null }
  const lobule = { users, session, alerts: new Alerts() } as unknown as Lobule
  return { ...stub, user: show(InLobule, { lobule, view: UserSettings }) }
}

const button = (name: string): HTMLElement => screen.getByRole('button', { name })

test('a recovery code goes away only by its own button, which has the focus', async () => {
  const { user } = await settings({
    'user.add': () => ({ recoveryCode: 'K7TM-2QXA-K7TM-2QXA-K7TM' }),
  })
  await user.click(button('Add a user…'))
  await user.type(await screen.findByLabelText('Name'), 'Cleo')
  await user.type(screen.getByLabelText('PIN'), 'a long walk')
  await user.click(button('Add user'))
  const dialog = await screen.findByRole('dialog', { name: 'Recovery code of Cleo' })
  const kept = button('I have written it down')
  await vi.waitFor(() => {
    expect(document.activeElement).toBe(kept)
  })
  await user.keyboard('{Escape}')
  expect(screen.queryByText('K7TM-2QXA-K7TM-2QXA-K7TM')).not.toBeNull()
  expect([...dialog.querySelectorAll('button')]).toEqual([kept])
  await user.click(kept)
  expect(screen.queryByRole('dialog')).toBeNull()
  await vi.waitFor(() => {
    expect(document.activeElement).toBe(button('Add a user…'))
  })
})

test('a user is removed only with a reason, and the focus stays in the section', async () => {
  const { asked, user } = await settings({ 'user.remove': () => ({}) })
  await user.click(button('Remove Ben from the users'))
  await screen.findByRole('dialog', { name: 'Remove Ben from the users' })
  await user.keyboard('{Escape}')
  await user.click(button('Remove Ben from the users'))
  await user.type(await screen.findByLabelText('Reason'), 'Left the laboratory.')
  await user.click(button('Remove'))
  expect(asked.slice(1)).toEqual([['user.remove', { name: 'Ben', reason: 'Left the laboratory.' }]])
  await vi.waitFor(() => {
    expect(document.activeElement).toBe(button('Add a user…'))
  })
})

test('the table of users has no column without a name', async () => {
  await settings({})
  expect(screen.getAllByRole('columnheader').map(({ textContent }) => textContent)).toEqual([
    'Name',
    'Role',
    'Signs in with',
  ])
})
