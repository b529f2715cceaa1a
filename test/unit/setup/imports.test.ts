import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { circlesOf, forbiddenImports, readImports } from '../../../electron/setup/imports.mjs'
import { mayImport } from '../../../electron/setup/layers.mjs'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const imports = readImports(root)

it('no room imports a room above it', () => {
  expect(forbiddenImports(imports)).toEqual([])
})

it('no files import each other in a circle', () => {
  expect(circlesOf(imports)).toEqual([])
})

it('no two rooms of the table may import each other', () => {
  expect(circlesOf(new Map(Object.entries(mayImport)))).toEqual([])
})

it('every room of the table exists, and every import of a component is read', () => {
  expect(Object.keys(mayImport).filter((room) => !existsSync(`${root}/${room}`))).toEqual([])
  expect(imports.get('renderer/app/App.svelte')).toContain('renderer/state/lobule.svelte.ts')
  expect(imports.get('renderer/features/worklist/columns/columns.ts')).toContain(
    'renderer/features/worklist/columns/cells/FileCell.svelte',
  )
})

it('finds a planted circle of three files, and no circle without its last import', () => {
  const between = { 'b.ts': ['c.ts'], 'c.ts': ['d.svelte'], 'e.ts': ['b.ts'] }
  const planted = new Map(Object.entries({ 'a.ts': ['b.ts'], ...between, 'd.svelte': ['b.ts', 'd.svelte'] }))
  expect(circlesOf(planted)).toEqual([['b.ts', 'c.ts', 'd.svelte']])
  planted.set('d.svelte', ['d.svelte'])
  expect(circlesOf(planted)).toEqual([])
})

it('finds a planted import of a room that the table does not allow', () => {
  const table = { 'renderer/words': [], 'renderer/ui': ['renderer/words'] }
  const planted = new Map([
    ['renderer/ui/Button.svelte', ['renderer/words/index.ts', 'renderer/ui/Icon.svelte']],
    ['renderer/words/index.ts', ['renderer/ui/icons.ts']],
  ])
  expect(forbiddenImports(planted, table)).toEqual(['renderer/words/index.ts -> renderer/ui/icons.ts'])
})

it('finds the planted import of a folder that is in no room', () => {
  const planted = new Map([['renderer/app/App.svelte', ['renderer/new/file.ts']]])
  expect(forbiddenImports(planted)).toEqual(['renderer/app/App.svelte -> renderer/new/file.ts'])
})
