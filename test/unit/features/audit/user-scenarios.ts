import { scenario, type Audited, type Scenario, type Tools } from './scenario.ts'

const pin = 'a long walk'
const newPin = 'a longer walk'

/** Users, from the first to the last; afterwards the workspace has none again. */
export const userScenarios = ({
  call,
}: Pick<Tools, 'call'>): Record<Extract<Audited, `user.${string}`>, Scenario> => ({
  // The first one is a new reader, and signed in.
  'user.add': scenario(['reader', 'user', 'sign-in'], async () => {
    await call('user.add', { name: 'head', role: 'administrator', pin })
  }),
  'user.setRole': scenario(
    ['user'],
    async () => {
      await call('user.setRole', { name: 'ben', role: 'pathologist', reason: 'The exam is passed.' })
    },
    async () => {
      await call('user.add', { name: 'ben', role: 'technician', account: 'ben' })
    },
  ),
  'user.setSignIn': scenario(['user'], async () => {
    await call('user.setSignIn', { name: 'ben', pin })
  }),
  'user.signIn': scenario(['sign-in'], async () => {
    await call('user.signIn', { name: 'head', pin })
  }),
  'user.changePin': scenario(['sign-in', 'user'], async () => {
    await call('user.changePin', { pin, newPin })
  }),
  'user.remove': scenario(['user'], async () => {
    await call('user.remove', { name: 'ben' })
  }),
  'user.turnOff': scenario(['user'], async () => {
    await call('user.turnOff', { reason: 'One person works here again.' })
  }),
})
