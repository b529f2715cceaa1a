import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { anchorOf, readDocuments } from '../../../electron/setup/documents.mjs'
import { inRoot } from '../../../electron/setup/shared.mjs'

const { documents, pictures } = await readDocuments(inRoot('docs'))
const sections = documents.flatMap(({ name, sections: own }) => own.map((section) => ({ name, ...section })))

describe('the documents that come with the page', () => {
  it('are the guide and what it links to', () => {
    expect(documents[0]?.name).toBe('guide')
    expect(documents.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['import', 'audit', 'regions', 'slides']),
    )
    expect(documents.every(({ title, name }) => title !== name)).toBe(true)
  })

  it('lead with each link to a section that there is, and never out of the page', () => {
    const places = new Set(sections.map(({ name, anchor }) => `${name}#${anchor}`))
    const links = sections.flatMap(({ name, html }) =>
      [...html.matchAll(/data-document="([^"]*)" data-anchor="([^"]*)"/g)].map(
        ([, document = '', anchor = '']) => ({
          document: document === '' ? name : document,
          anchor,
        }),
      ),
    )
    expect(links.length).toBeGreaterThan(20)
    const broken = links.filter(
      ({ document, anchor }) => anchor !== '' && !places.has(`${document}#${anchor}`),
    )
    expect(broken).toEqual([])
    for (const { html } of sections) {
      expect(html).not.toMatch(/href="(?!#")/)
      expect(html).not.toMatch(/<(?:script|style|iframe)|\son[a-z]+=|style=|src="(?!documents\/)/i)
    }
  })

  it('have all their pictures, each with words', () => {
    expect(pictures.length).toBeGreaterThan(5)
    for (const name of pictures) expect(existsSync(inRoot('docs', 'images', name)), name).toBe(true)
    for (const { html } of sections) expect(html).not.toContain('alt=""')
  })

  it('lose nothing of the guide', () => {
    const [guide] = documents
    const headings = readFileSync(inRoot('docs', 'guide.md'), 'utf8').match(/^#{1,3} .+$/gm) ?? []
    expect(guide?.sections.map(({ title, level }) => `${'#'.repeat(level)} ${title}`)).toEqual(headings)
  })
})

it('names sections as GitHub does', () => {
  expect(anchorOf('Training on regions')).toBe('training-on-regions')
  expect(anchorOf('What is read: `.svs`, 2×')).toBe('what-is-read-svs-2')
})
