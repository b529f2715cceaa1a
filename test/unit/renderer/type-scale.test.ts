import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inRoot } from '../../../electron/setup/shared.mjs'

const root = inRoot('renderer')
const styles = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.(svelte|css)$/.test(name),
)

/** The sizes that a text sets, in the form of its declaration; `inherit` and the tokens are no sizes of its own. */
const ownSizes = (text: string): string[] =>
  [...text.matchAll(/(?<![-\w])font(?:-size)?:\s*([^;}]+)/g)].flatMap(([declaration, value = '']) =>
    /^inherit$|var\(--size-[a-z]+\)/.test(value.trim()) ? [] : [declaration],
  )

test('every text has a size of the scale', () => {
  const own = styles.flatMap((name) =>
    ownSizes(readFileSync(join(root, name), 'utf8')).map((declaration) => `${name}: ${declaration}`),
  )
  expect(own).toEqual([])
})

test('a size outside the scale is found', () => {
  expect(ownSizes('h1 { font-size: 1.5rem; } p { font: 400 12px / 1.4 var(--font) }')).toHaveLength(2)
  expect(ownSizes('h1 { font-size: var(--size-lead); font: inherit; font-family: var(--font) }')).toEqual([])
})

test('the scale has six sizes, each larger than the one before', () => {
  const tokens = readFileSync(join(root, 'app', 'tokens.css'), 'utf8')
  const sizes = [...tokens.matchAll(/--size-[a-z]+:\s*([\d.]+)rem/g)].map(([, size]) => Number(size))
  expect(sizes).toHaveLength(6)
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
})
