import { createHash } from 'node:crypto'

/** A page for a browser that was not let in. It says what to do and knows nothing. */
export interface RefusalPage {
  html: string
  /** Its content security policy: its own style and nothing else. */
  policy: string
}

const style = `
:root { color-scheme: light dark }
body {
  display: grid; place-items: center; min-height: 100vh; margin: 0; padding: 1rem; box-sizing: border-box;
  background: light-dark(#f6f6f8, #101012); color: light-dark(#1b1b20, #ececf0);
  font: 0.9375rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif;
}
main {
  max-width: 32rem; padding: 1.75rem 2rem; border: 1px solid light-dark(#e3e3e8, #2a2a30); border-radius: 10px;
  background: light-dark(#fff, #17171a);
}
svg { width: 40px; height: 40px }
h1 { margin: 0.75rem 0 0.5rem; font-size: 1.25rem; line-height: 1.3 }
p { margin: 0.5rem 0 0 }
`
const styleHash = createHash('sha256').update(style).digest('base64')

const policy = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'none'",
].join('; ')

const petals = [
  [16, 6.5],
  [24.3, 11.3],
  [24.3, 20.7],
  [16, 25.5],
  [7.7, 20.7],
  [7.7, 11.3],
]
const logo = `<svg viewBox="0 0 32 32" aria-hidden="true"><g fill="#c4518f">${petals
  .map(([x, y]) => `<circle cx="${x}" cy="${y}" r="5"/>`)
  .join('')}</g><circle cx="16" cy="16" r="4" fill="#5048c4"/></svg>`

const texts = {
  'no-access': {
    title: 'This tab has no access to Lobule',
    text: [
      'If Lobule was started again, this tab belongs to the time before. Everything that you saved is safe.',
      'Close this tab and open the address that Lobule printed when it started.',
    ],
  },
  'used-address': {
    title: 'This address does not work',
    text: [
      'It is wrong, or another browser has used it: an address of Lobule works only once.',
      'Continue in the browser that opened it first, or start Lobule again and open the new address.',
    ],
  },
} as const

/** The page for a browser without a cookie, or with an address that is wrong or was used before. */
export function refusalPage(why: keyof typeof texts): RefusalPage {
  const { title, text } = texts[why]
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} - Lobule</title>
<style>${style}</style>
</head>
<body>
<main>
${logo}
<h1>${title}</h1>
${text.map((line) => `<p>${line}</p>`).join('\n')}
</main>
</body>
</html>
`
  return { html, policy }
}
