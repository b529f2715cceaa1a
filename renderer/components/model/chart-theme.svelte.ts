import { createSubscriber } from 'svelte/reactivity'

/** Tokens that a chart draws with (app/tokens.css). */
const tokens = {
  text: '--text',
  muted: '--text-muted',
  line: '--line',
  lineStrong: '--line-strong',
  accent: '--accent-text',
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
    const { fontSize } = getComputedStyle(document.documentElement)
    return {
      colours: colours(),
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontPx: parseFloat(fontSize) * 0.75,
    }
  }
}

/** The tokens as colours that a canvas knows: a token by itself may be a pair, of which an element takes one. */
function colours(): Theme['colours'] {
  const probe = document.createElement('span')
  document.body.append(probe)
  const read = (token: string): string => {
    probe.style.setProperty('color', `var(${token})`)
    return getComputedStyle(probe).color
  }
  const found = {
    text: read(tokens.text),
    muted: read(tokens.muted),
    line: read(tokens.line),
    lineStrong: read(tokens.lineStrong),
    accent: read(tokens.accent),
  }
  probe.remove()
  return found
}
