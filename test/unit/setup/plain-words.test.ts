import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Linter } from 'eslint'
import { expect, it } from 'vitest'
import { documents, plainWords, unplain, unplainLines, words } from '../../../electron/setup/plain-words.mjs'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8')

const glossary = 'docs/glossary.md'
const section = read(glossary).split('## Words not to use')[1] ?? ''
const examples = [...section.matchAll(/^\| ([^|]+) \|/gm)]
  .flatMap(([, cell = '']) => cell.split(','))
  .map((text) => text.trim())
  .filter((text) => text !== 'not' && !text.startsWith('-'))

it('rejects every word of the glossary, and the glossary has every word of the list', () => {
  expect(examples.length).toBeGreaterThanOrEqual(words.length)
  for (const example of examples) expect([example, unplain(example)]).not.toEqual([example, null])
  for (const { pattern } of words)
    expect([pattern, examples.some((text) => pattern.test(text))]).toContain(true)
})

it('leaves the ordinary uses of the same words alone', () => {
  for (const text of [
    'the value is none of these',
    'a standard',
    'asked by a reader',
    'a page to retell',
    'which of them',
  ])
    expect([text, unplain(text)]).toEqual([text, null])
})

it('reads comments, strings, templates and declared names', () => {
  const check = (code: string): number =>
    new Linter()
      .verify(code, { plugins: { lobule: plainWords }, rules: { 'lobule/plain-words': 'error' } })
      .filter(({ ruleId }) => ruleId === 'lobule/plain-words').length
  expect(check('// Reads it anew.\n')).toBe(1)
  expect(check("export const text = 'Nobody has read it.'\n")).toBe(1)
  expect(check('export const text = (n) => `${n} are taken back`\n')).toBe(1)
  expect(check('export const mostBytes = 3\n')).toBe(1)
  expect(check('export function giveWay() {}\n')).toBe(1)
  expect(check('// Reads it again.\nexport const maxBytes = 3\n')).toBe(0)
})

// `npm run lint` reads them all.
it('reads documents and C++ line by line, except the glossary', () => {
  expect(documents()).toEqual(expect.arrayContaining(['CONTRIBUTING.md', 'native/jobs/typed_array.h']))
  expect(documents()).not.toContain(glossary)
  const texts: Record<string, string> = { 'a.md': 'Reads it again.\n', 'b.h': '\n/** Read anew. */\n' }
  expect(unplainLines(Object.keys(texts), (path) => texts[path] ?? '')).toEqual(['b.h:2: "anew": use again'])
})
