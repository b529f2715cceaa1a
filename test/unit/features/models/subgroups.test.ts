import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CallInput, Subgroups } from '../../../../electron/contract/index.ts'
import { seededWorkspace, startApplication, type Caller } from '../audit/seeded-workspace.ts'

let seeded: Awaited<ReturnType<typeof seededWorkspace>>
let app: Caller
beforeAll(async () => {
  seeded = await seededWorkspace()
  app = startApplication(join(seeded.root, 'home'))
  await app.call('workspace.open', { path: seeded.path })
})
afterAll(async () => {
  await app.application.close()
  seeded.remove()
})

const by = (input: Partial<CallInput<'model.subgroups'>>): Promise<Subgroups> =>
  app.call('model.subgroups', { model: 'first', column: 'folder', ...input })
const sizes = ({ groups }: Subgroups): unknown =>
  groups.map(({ value, images, cases }) => [value, images, cases])

it('groups by what images have', async () => {
  expect(sizes(await by({}))).toEqual([
    ['Benign', 5, 5],
    ['Malignant', 5, 5],
  ])
  // Cases B0 to B4 and M0 to M4.
  expect(sizes(await by({ column: 'case-prefix' }))).toEqual([
    ['B', 5, 5],
    ['M', 5, 5],
  ])
  expect(sizes(await by({ column: 'pixel-size' }))).toEqual([['0.5 um', 10, 10]])
  expect(sizes(await by({ column: 'format' }))).toEqual([['png', 10, 10]])
  expect(sizes(await by({ column: 'something else' }))).toEqual([[null, 10, 10]])
})

it('groups by a table, of cases or files, in any spelling', async () => {
  const values = [
    { name: 'b0', value: 'north' },
    { name: 'B1', value: ' north ' },
    { name: 'M0.PNG', value: 'south' },
    { name: 'M1', value: '' },
  ]
  expect(sizes(await by({ column: 'site', values }))).toEqual([
    ['north', 2, 2],
    ['south', 1, 1],
    [null, 7, 7],
  ])
})

it('leaves out images that were locked since', async () => {
  const rule = { kind: 'cases' as const, cases: ['B0'] }
  await app.call('testSet.lock', { name: 'late', rule, reason: 'x' })
  expect(sizes(await by({}))).toEqual([
    ['Malignant', 5, 5],
    ['Benign', 4, 4],
  ])
})
