import { isSameList, queryOf, viewOf } from './list-address.ts'
import type { Arrival, Navigation } from './navigation.svelte.ts'
import type { Session } from './session.svelte.ts'
import type { Worklist } from './worklist.svelte.ts'

/** The parts of the page that it joins. */
interface ListContext {
  readonly navigation: Pick<Navigation, 'keepList' | 'listQuery'>
  readonly session: Pick<Session, 'classNameOf' | 'workspace'>
  readonly worklist: Pick<Worklist, 'setViewingOrder' | 'show' | 'view'>
  readonly isBlind: boolean
}

/** Keeps in the address what the worklist shows, for a reload, the Back button and a second tab. */
export class ListInAddress {
  readonly #page: ListContext

  constructor(page: ListContext) {
    this.#page = page
  }

  /** @param canBeStep whether the Back button may return to what the address says until now */
  write(canBeStep = true): void {
    const { navigation, worklist, isBlind } = this.#page
    const query = queryOf(worklist.view, isBlind)
    navigation.keepList(query, canBeStep && !isSameList(query, navigation.listQuery))
  }

  /** Shows what the address has changed. An image that it opened has the list as its order, which a label does not change. */
  follow({ isOtherList, isOtherImage }: Arrival): void {
    if (isOtherList) this.#read()
    else this.write(false)
    if (isOtherImage) this.#page.worklist.setViewingOrder()
  }

  /** Shows the list of the address, then writes the address as Lobule does: without what it does not know. */
  #read(): void {
    const { navigation, session, worklist, isBlind } = this.#page
    if (session.workspace === null) return
    worklist.show(viewOf(navigation.listQuery, (name) => session.classNameOf(name), isBlind))
    this.write(false)
  }
}
