import { createSubscriber } from 'svelte/reactivity'

/** Tokens that a chart draws with (app/tokens.css). */
const tokens = {
  text: '--text',
  muted: '--text-muted',
  line: '--line',
  lineStrong: '--line-strong',
  surface: '--surface',
  accent: '--accent-text',
  warning: '--warning',
} as const

export type ChartColour = keyof typeof tokens

export interface Theme {
  colours: Record<ChartColour, string>
  fontFamily: string
  /** Of notes, px, at the reader's text size. */
  fontPx: number
}

const watched = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)', '(forced-colors: active)']

/** The page's colours and letters for what is drawn on a canvas; another theme draws it anew. */
export class ChartTheme {
  readonly #follow = createSubscriber((update) => {
    const queries = watched.map((query) => matchMedia(query))
    for (const query of queries) query.addEventListener('change', update)
    const observer = new MutationObserver(update)
    observer.observe(document.documentElement, { attributes: true })
    return () => {
      for (const query of queries) query.removeEventListener('change', update)
      observer.disconnect()
    }
  })

  get current(): Theme {
    this.#follow()
    const style = getComputedStyle(document.documentElement)
    const read = (token: string): string => style.getPropertyValue(token).trim()
    return {
      colours: {
        text: read(tokens.text),
        muted: read(tokens.muted),
        line: read(tokens.line),
        lineStrong: read(tokens.lineStrong),
        surface: read(tokens.surface),
        accent: read(tokens.accent),
        warning: read(tokens.warning),
      },
      fontFamily: read('--font'),
      fontPx: parseFloat(style.fontSize) * 0.75,
    }
  }
}
