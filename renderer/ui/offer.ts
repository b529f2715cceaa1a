import { getContext, setContext } from 'svelte'

const key = Symbol('offer')
type Offers = (call: string) => boolean

/** Sets which calls buttons and menu items offer; a part of the page for which it is not set offers everything. */
export function provideOffers(offers: Offers): void {
  setContext(key, offers)
}

/** Whether a button or menu item that makes a call is offered to the user. To be called when a component begins. */
export function useOffers(): (call: string | undefined) => boolean {
  const offers = getContext<Offers | undefined>(key)
  return (call) => call === undefined || (offers?.(call) ?? true)
}
