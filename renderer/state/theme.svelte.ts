/** Themes to choose from; `system` follows the settings of the machine. */
export const themes = ['system', 'light', 'dark', 'contrast'] as const
export type Theme = (typeof themes)[number]

const key = 'lobule theme'
const isTheme = (name: string | null): name is Theme => themes.some((theme) => theme === name)

/** The theme of the page, stored by the page on this machine. */
class ThemeChoice {
  #chosen = $state<Theme>('system')
  readonly #wantsContrast = window.matchMedia('(prefers-contrast: more)')

  constructor() {
    const kept = localStorage.getItem(key)
    if (isTheme(kept)) this.#chosen = kept
    this.#wantsContrast.addEventListener('change', () => this.#show())
    this.#show()
  }

  get chosen(): Theme {
    return this.#chosen
  }

  choose(theme: Theme): void {
    this.#chosen = theme
    if (theme === 'system') localStorage.removeItem(key)
    else localStorage.setItem(key, theme)
    this.#show()
  }

  #show(): void {
    const { dataset } = document.documentElement
    const hasContrast =
      this.#chosen === 'contrast' || (this.#chosen === 'system' && this.#wantsContrast.matches)
    if (this.#chosen === 'light' || this.#chosen === 'dark') dataset['theme'] = this.#chosen
    else delete dataset['theme']
    if (hasContrast) dataset['contrast'] = 'more'
    else delete dataset['contrast']
  }
}

/** One instance for the whole page, created before the first component is drawn. */
export const theme = new ThemeChoice()
