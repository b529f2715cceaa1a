import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

// The set-up can be loaded before any package is there.
const require = createRequire(import.meta.url)

/**
 * The guide and the documents that it links to, for the page, which shows them without a network.
 * @typedef {{ title: string, anchor: string, level: number, html: string, text: string }} Section `text`: for the search
 * @typedef {{ name: string, title: string, sections: Section[] }} Document
 *
 * What is used of the package `marked`:
 * @typedef {{ type: string, raw: string, depth: number, text: string }} Token
 * @typedef {{ parser: { parseInline: (tokens: readonly Token[]) => string } }} Rendering
 * @typedef {{
 *   link: (this: Rendering, link: { href: string, tokens: readonly Token[] }) => string
 *   image: (image: { href: string, text: string }) => string
 *   html: (html: { text: string }) => string
 * }} Renderer
 * @typedef {{ lexer: (text: string) => Token[], parser: (tokens: readonly Token[]) => string }} Markdown
 * @typedef {{ Marked: new (options: { renderer: Renderer }) => Markdown }} MarkedPackage
 */

/** Where the built page has the pictures. */
export const picturesFolder = 'documents'

/** Anchors as GitHub makes them, so that links work there and here. @param {string} title */
export const anchorOf = (title) =>
  title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/gu, '-')

/** @param {string} text */
const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** The documents that a text links to, in order. @param {string} text */
const linkedIn = (text) =>
  [...text.matchAll(/\]\(([a-z-]+)\.md(?:#[^)]*)?\)/g)].map((match) => String(match[1]))

/** Whether `marked` is missing: of a checkout whose packages are older than its package.json. */
export function isRendererMissing() {
  try {
    require.resolve('marked')
    return false
  } catch {
    return true
  }
}

/**
 * Reads and renders `guide.md` of a folder and the documents that it links to, with the file names of their pictures.
 * @param {string} folder
 * @returns {Promise<{ documents: Document[], pictures: string[] }>}
 */
export async function readDocuments(folder) {
  /** @param {string} name */
  const read = (name) => readFileSync(join(folder, `${name}.md`), 'utf8')
  const names = [...new Set(['guide', ...linkedIn(read('guide'))])]
  /** @type {Set<string>} */
  const pictures = new Set()
  /** @type {MarkedPackage} */
  const { Marked } = await import(pathToFileURL(require.resolve('marked')).href)
  const marked = new Marked({
    renderer: {
      // A link to another document is followed in the page; what is not there is named only.
      link({ href, tokens }) {
        const inside = this.parser.parseInline(tokens)
        const [file = '', anchor = ''] = href.split('#')
        const name = file.replace(/\.md$/, '')
        const isHere = file === '' || (file.endsWith('.md') && names.includes(name))
        return isHere
          ? `<a href="#" data-document="${escaped(name)}" data-anchor="${escaped(anchor)}">${inside}</a>`
          : `<span title="${escaped(href)}">${inside}</span>`
      },
      image({ href, text }) {
        const name = href.replace(/^images\//, '')
        pictures.add(name)
        return `<img src="${picturesFolder}/${escaped(name)}" alt="${escaped(text)}">`
      },
      // The documents have no markup of their own; what looks like it is text.
      html: ({ text }) => escaped(text),
    },
  })
  const documents = names.map((name) => {
    /** @type {{ title: string, level: number, tokens: Token[] }[]} */
    const parts = []
    for (const token of marked.lexer(read(name))) {
      if (token.type === 'heading' && token.depth <= 3)
        parts.push({ title: token.text, level: token.depth, tokens: [] })
      else parts.at(-1)?.tokens.push(token)
    }
    const sections = parts.map(({ title, level, tokens }) => {
      const html = marked.parser(tokens)
      const text = tokens.map(({ raw }) => raw).join('')
      return { title: title.replaceAll('`', ''), anchor: anchorOf(title), level, html, text }
    })
    return { name, title: sections[0]?.title ?? name, sections }
  })
  return { documents, pictures: [...pictures] }
}
