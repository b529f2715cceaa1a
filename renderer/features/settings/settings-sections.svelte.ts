import { createContext } from 'svelte'

/** A section of the settings that is shown. */
export interface ShownSection {
  title: string
  /** Its title on the screen. */
  head: HTMLElement
}

/** The sections that are shown, from the top down, for the list above them: each one adds itself. */
export class SettingsSections {
  #all = $state.raw<readonly ShownSection[]>([])

  get all(): readonly ShownSection[] {
    return this.#all
  }

  /** Returns what takes the section out again. */
  add(section: ShownSection): () => void {
    this.#all = [...this.#all, section].sort((a, b) => (isBefore(a.head, b.head) ? -1 : 1))
    return () => {
      this.#all = this.#all.filter((other) => other !== section)
    }
  }
}

const isBefore = (a: Node, b: Node): boolean =>
  (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0

const [get, set] = createContext<SettingsSections>()
export const useSections = get
export const provideSections = set
