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

const [anna, ben]: UserView[] = [
  { name: 'Anna', role: 'administrator', account: null },
  { name: 'Ben', role: 'technician', account: null },
]

/** The users of a workspace, as the signed-in administrator sees them. */
async function settings(more: (present: UserView[]) => Answers): Promise<StubClient & { user: UserEvent }> {
  const present = [anna, ben].filter((known) => known !== undefined)
  const stub = stubClient({
    'user.state': () => ({
      users: [...present],
      signedIn: anna ?? null,
      isLocked: false,
      account: 'lab',
      lockAfterMinutes: 10,
    }),
    ...more(present),
  })
  const users = new Users(stub.client)
  await users.load('/w')
  const session = { locked: () => null }
  const lobule = { users, session, alerts: new Alerts() } as unknown as Lobule
  return { ...stub, user: show(InLobule, { lobule, view: UserSettings }) }
}

const button = (name: string): HTMLElement => screen.getByRole('button', { name })

test('a recovery code goes away only by its own button, which has the focus', async () => {
  const { user } = await settings(() => ({
    'user.add': () => ({ recoveryCode: 'K7TM-2QXA-K7TM-2QXA-K7TM' }),
  }))
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
