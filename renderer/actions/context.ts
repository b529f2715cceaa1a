import { createContext } from 'svelte'
import type { Actions } from './actions.svelte.ts'

const [get, set] = createContext<Actions>()

/** What a user can do, with its keys. */
export const useActions = get

export function provideActions(actions: Actions): void {
  set(actions)
}
