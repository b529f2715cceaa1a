import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Application } from '../../../../electron/application/application.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import { boundedTasks } from '../../../../electron/compute/bounded-tasks.ts'
import {
  parseClassScheme,
  type Answer,
  type CallName,
  type RegionPoint,
} from '../../../../electron/contract/index.ts'
import { createWorkspace, insertImage } from '../../../../electron/store/index.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { newImage } from '../../../support/rows.ts'

/** Where regions are checked: in the program's own process only if that takes no time. */
let root: string
let application: Application
let asked: string[]
/** What happens between a question to the other process and its answer. */
let meanwhile: () => Promise<unknown>
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-region-bounds-'))
  for (const name of ['w', 'v']) {
    const store = createWorkspace(join(root, name), parseClassScheme('Normal,Lobular*'), 'test')
    insertImage(store.database, newImage('a'.repeat(64), { widthPx: 3000, heightPx: 3000 }))
    store.close()
  }
  asked = []
  meanwhile = () => Promise.resolve()
  const { launch } = inProcessCompute({
    checkGeometry: async (task, context) => {
      asked.push('checkGeometry')
      await meanwhile()
      return boundedTasks.checkGeometry(task, context)
    },
    readRegionFile: async (task, context) => {
      asked.push('readRegionFile')
      await meanwhile()
      return boundedTasks.readRegionFile(task, context)
    },
  })
  application = createApplication({
    homeDirectory: join(root, 'home'),
    version: 'test',
    launchCompute: launch,
    door: { tiles: '/slide', choose: null },
  })
  await ask('workspace.open', { path: join(root, 'w') })
  await ask('reader.set', { name: 'ada' })
})
afterEach(async () => {
  await application.close()
  rmSync(root, { recursive: true })
})

const ask = (name: CallName, input: unknown): Promise<Answer> => dispatch(application.handlers, name, input)
/** A comb of so many vertices. */
const comb = (count: number): RegionPoint[] => [
  ...Array.from({ length: count - 2 }, (_, i): RegionPoint => [i + 1, i % 2 === 0 ? 10 : 500]),
  [count, 900],
  [1, 900],
]
const drawn = (points: RegionPoint[]) => ({ imageId: 1, geometry: { kind: 'polygon', parts: [[points]] } })

it('a large region is checked in a process of its own, a small one at once', async () => {
  expect(await ask('region.add', drawn(comb(1000)))).toMatchObject({ ok: true })
  expect(asked).toEqual([])
  expect(await ask('region.add', drawn(comb(1500)))).toMatchObject({ ok: true })
  expect(asked).toEqual(['checkGeometry'])
  const crossing = [...comb(1500).slice(0, -2), [1, 900], [1500, 900]] as RegionPoint[]
  const { geometry } = drawn(crossing)
  expect(await ask('region.change', { regionId: 1, geometry })).toMatchObject({
    error: { code: 'region.invalid' },
  })
  expect(asked).toEqual(['checkGeometry', 'checkGeometry'])
  expect(await ask('region.change', { regionId: 9, geometry })).toMatchObject({
    error: { code: 'region.not-found' },
  })
})

it('a file is read and checked there, before anything is written', async () => {
  const text = JSON.stringify({
    type: 'FeatureCollection',
    features: [1, 2000, 4000].map((left) => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [left, 1] },
    })),
  })
  expect(await ask('region.import', { imageId: 1, source: { text } })).toMatchObject({
    value: { added: 2, refused: [{ feature: 3 }] },
  })
  expect(asked).toEqual(['readRegionFile'])
})

it('nothing is written into another workspace that was opened in the meantime', async () => {
  meanwhile = () => ask('workspace.open', { path: join(root, 'v') })
  const answer = await ask('region.add', drawn(comb(1500)))
  expect(answer).toMatchObject({ ok: false, error: { code: 'workspace.none-open' } })
  expect(await ask('region.list', { imageId: 1 })).toMatchObject({ value: [] })
})
