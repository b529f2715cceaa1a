import { keyFragment } from '../../electron/contract/index.ts'

const storageName = 'lobule-key'

/**
 * The key that shows the server that this is its page (contract/page-key.ts). It arrives once, in the fragment of the
 * address. It is kept for all tabs of this origin, to which the port belongs: pages of other ports cannot read it, and
 * it is worth nothing once the server has ended.
 */
export class PageKey {
  #known: string | null

  constructor() {
    const { hash } = location
    if (hash.startsWith(keyFragment)) {
      localStorage.setItem(storageName, hash.slice(keyFragment.length))
      // So that it is neither seen nor kept as a bookmark.
      history.replaceState(null, '', '/')
    }
    this.#known = localStorage.getItem(storageName)
  }

  /** null: this browser was given none. */
  get value(): string | null {
    return this.#known
  }

  /** Calls the listener when another tab was given a new key: the server was started again. */
  onChange(listener: () => void): void {
    window.addEventListener('storage', ({ key, newValue }) => {
      if (key !== storageName || newValue === null) return
      this.#known = newValue
      listener()
    })
  }
}
