import { screen } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import { AppError, type UserState, type UserView } from '../../../../electron/contract/index.ts'
import SignInView from '../../../../renderer/features/start/SignInView.svelte'
import type { Lobule } from '../../../../renderer/state/lobule.svelte.ts'
import { Users } from '../../../../renderer/state/users.svelte.ts'
import InLobule from '../../support/InLobule.svelte'
import { show } from '../../support/kit.ts'
import { deferred, stubClient } from '../../support/stub-client.ts'
import { waitFor } from '../../../support/waiting.ts'

const anna: UserView = { name: 'Anna', role: 'administrator', account: null }
const ben: UserView = { name: 'Ben', role: 'technician', account: null }

test('nothing is typed during a check, and a refused PIN leaves the focus in its field', async () => {
  const answer = deferred<UserState>()
  const { client, asked } = stubClient({
    'user.state': () => ({
      users: [anna, ben],
      signedIn: anna,
      isLocked: true,
      account: 'lab',
      lockAfterMinutes: 10,
      recoveryCode: null,
    }),
    'user.signIn': () => answer.promise,
  })
  const users = new Users(client)
  await users.load('/w')
  const lobule = { users, reader: 'Anna', session: { workspace: null } } as unknown as Lobule
  const user = show(InLobule, { lobule, view: SignInView })
  screen.getByRole('heading', { name: 'Locked. Signed in: Anna' })
  screen.getByText('Choose your name and type your PIN.')
  const pin = screen.getByLabelText<HTMLInputElement>('PIN')
  await user.type(pin, 'not that walk{Enter}')

  const button = await screen.findByRole('button', { name: 'Checking…' })
  expect([button, pin, screen.getByLabelText('User')].map((part) => part.matches(':disabled'))).toEqual([
    true,
    true,
    true,
  ])
  await user.keyboard('a long walk')
  expect(pin.value).toBe('not that walk')

  answer.reject(new AppError('user.wrong-pin', { name: 'Anna', waitSeconds: 0 }))
  await screen.findByText('That is not the PIN of Anna. Try again.')
  expect(asked.slice(1)).toEqual([['user.signIn', { name: 'Anna', pin: 'not that walk' }]])
  expect(pin.value).toBe('')
  await waitFor(() => {
    expect(document.activeElement).toBe(pin)
  })
})
