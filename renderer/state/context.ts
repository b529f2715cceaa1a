import { createContext } from 'svelte'
import type { Lobule } from './lobule.svelte.ts'

const [get, set] = createContext<Lobule>()

/** The page's state, for views; components take props. */
export const useLobule = get

export function provideLobule(lobule: Lobule): Lobule {
  set(lobule)
  return lobule
}
