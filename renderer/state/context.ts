import { createContext } from 'svelte'
import type { Lobule } from './lobule.svelte.ts'
import type { Actions } from '../app/actions/actions.svelte.ts'

const [get, set] = createContext<Lobule>()
const [getActions, setActions] = createContext<Actions>()

/** The page's state, for views; components take props. */
export const useLobule = get

/** What a user can do, with its keys. */
export const useActions = getActions

export function provideLobule(lobule: Lobule): Lobule {
  set(lobule)
  return lobule
}

export function provideActions(actions: Actions): void {
  setActions(actions)
}
