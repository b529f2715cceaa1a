import { screen } from '@testing-library/svelte'
import type { UserEvent } from '@testing-library/user-event'
import { expect, test } from 'vitest'
import type { UserState, UserView } from '../../../../electron/contract/index.ts'
import RecoveryCodeDialog from '../../../../renderer/features/settings/RecoveryCodeDialog.svelte'
import UserSettings from '../../../../renderer/features/settings/UserSettings.svelte'
import { Alerts } from '../../../../renderer/state/alerts.svelte.ts'
import type { Lobule } from '../../../../renderer/state/lobule.svelte.ts'
import { Users } from '../../../../renderer/state/users.svelte.ts'
import InLobule from '../../support/InLobule.svelte'
import { show } from '../../support/kit.ts'
import { stubClient, type Answers, type StubClient } from '../../support/stub-client.ts'
import { waitFor } from '../../../support/waiting.ts'

const anna: UserView = { name: 'Anna', role: 'administrator', account: null }
const ben: UserView = { name: 'Ben', role: 'technician', account: null }

interface Shown extends StubClient {
  user: UserEvent
  users: Users
  /** What the next `user.state` answers. */
  state: UserState
}

/** The users of a workspace, as the signed-in administrator sees them. */
async function settings(more: Answers): Promise<Shown> {
  const state: UserState = {
    users: [anna, ben],
    signedIn: anna,
    isLocked: false,
    account: 'lab',
    lockAfterMinutes: 10,
    recoveryCode: null,
  }
  const stub = stubClient({ 'user.state': () => ({ ...state }), ...more })
  const users = new Users(stub.client)
  await users.load('/w')
  const session = { locked: () => null }
  const lobule = { users, session, alerts: new Alerts() } as unknown as Lobule
  const user = show(InLobule, { lobule, view: UserSettings, beside: RecoveryCodeDialog })
  return { ...stub, users, state, user }
}

const button = (name: string): HTMLElement => screen.getByRole('button', { name })

const code = 'K7TM-2QXA-K7TM-2QXA-K7TM'

test('a recovery code goes away only by its own button, which has the focus', async () => {
  const { asked, state, user } = await settings({
    'user.add': () => {
      state.recoveryCode = { of: 'Cleo', code }
      return { recoveryCode: code }
    },
    'user.confirmCode': () => {
      state.recoveryCode = null
      return {}
    },
  })
  await user.click(button('Add a user…'))
  await user.type(await screen.findByLabelText('Name'), 'Cleo')
  await user.type(screen.getByLabelText('PIN'), 'a long walk')
  await user.click(button('Add user'))
  const dialog = await screen.findByRole('dialog', { name: 'Recovery code of Cleo' })
  const kept = button('I have written it down')
  await waitFor(() => {
    expect(document.activeElement).toBe(kept)
  })
  await user.keyboard('{Escape}')
  expect(screen.queryByText(code)).not.toBeNull()
  expect([...dialog.querySelectorAll('button')]).toEqual([kept])
  await user.click(kept)
  await waitFor(() => {
    expect(screen.queryByRole('dialog')).toBeNull()
  })
  expect(asked).toContainEqual(['user.confirmCode', { name: 'Cleo' }])
  await waitFor(() => {
    expect(document.activeElement).toBe(button('Add a user…'))
  })
})

test('a recovery code that was not confirmed comes back after a lock, which hides it', async () => {
  const { state, users } = await settings({})
  state.recoveryCode = { of: 'Cleo', code }
  await users.load('/w')
  await screen.findByText(code)
  Object.assign(state, { isLocked: true, recoveryCode: null })
  await users.load('/w')
  await waitFor(() => {
    expect(screen.queryByText(code)).toBeNull()
  })
  Object.assign(state, { isLocked: false, recoveryCode: { of: 'Cleo', code } })
  await users.load('/w')
  await screen.findByText(code)
})

test('a role changes only with a reason, and a cancelled choice is not marked', async () => {
  const { asked, user } = await settings({ 'user.setRole': () => ({}) })
  const choose = async (): Promise<HTMLElement> => {
    await user.click(screen.getByLabelText('Role of Ben'))
    await user.click(await screen.findByRole('option', { name: /Pathologist/ }))
    return screen.findByRole('dialog', { name: 'New role of Ben' })
  }
  await choose()
  expect(button('Set role').matches(':disabled')).toBe(true)
  await user.keyboard('{Escape}')
  expect(asked).toHaveLength(1)
  expect(screen.getByLabelText('Role of Ben').textContent).toContain('Technician')
  // The same choice once more.
  const dialog = await choose()
  expect(dialog.textContent).toContain('Technician becomes Pathologist')
  await user.type(screen.getByLabelText('Reason'), 'The exam is passed.')
  await user.click(button('Set role'))
  expect(asked[1]).toEqual([
    'user.setRole',
    { name: 'Ben', role: 'pathologist', reason: 'The exam is passed.' },
  ])
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
  await waitFor(() => {
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
