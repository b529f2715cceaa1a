import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  parseClassScheme,
  type Answer,
  type AnyEvent,
  type CallName,
  type CallOutput,
} from '../../../../electron/contract/index.ts'
import type { Application } from '../../../../electron/application/application.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import { createWorkspace, insertImage } from '../../../../electron/store/index.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'

/** The calls as a page makes them, through the entry point. */
let root: string
let application: Application
let events: AnyEvent[]
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-region-calls-'))
  const store = createWorkspace(join(root, 'w'), parseClassScheme('Normal,Lobular*'), 'test')
  insertImage(store.database, {
    sha256: 'a'.repeat(64),
    path: '/pictures/a.png',
    byteCount: 1,
    format: 'png',
    widthPx: 300,
    heightPx: 200,
    pixelSizeUm: 0.5,
    pixelSizeSource: 'stated',
    synthetic: true,
    caseName: null,
    page: 1,
    copiedPath: null,
  })
  store.close()
  application = createApplication({
    homeDirectory: join(root, 'home'),
    version: 'test',
    launchCompute: inProcessCompute({}).launch,
    door: { tiles: '/slide', choose: null },
  })
  events = []
  application.onEvent((event) => events.push(event))
  await call('workspace.open', { path: join(root, 'w') })
  await call('reader.set', { name: 'ada' })
})
afterEach(async () => {
  await application.close()
  rmSync(root, { recursive: true })
})

const ask = (name: CallName, input: unknown): Promise<Answer> => dispatch(application.handlers, name, input)
async function call<N extends CallName>(name: N, input: unknown): Promise<CallOutput<N>> {
  const answer = await ask(name, input)
  if (!answer.ok) throw new Error(`${name}: ${answer.error.message}`)
  return answer.value as CallOutput<N>
}
const codeOf = async (name: CallName, input: unknown): Promise<string> => {
  const answer = await ask(name, input)
  return answer.ok ? 'taken' : answer.error.code
}
const geometry = { kind: 'rectangle', left: 1, top: 2, right: 30, bottom: 40 }
const drawn = { imageId: 1, geometry, className: 'Lobular', comment: 'single files' }

it('draws in the name of the current reader, and announces it to every page', async () => {
  const region = await call('region.add', drawn)
  expect(region).toMatchObject({ drawnBy: 'ada', className: 'Lobular', extent: { areaPx: 1102 } })
  expect(events).toContainEqual({ name: 'regions.changed', payload: { imageId: 1 } })
  await call('region.change', { regionId: region.id, className: null, reader: 'ADA ' })
  expect(await call('region.list', { imageId: 1 })).toMatchObject([{ reader: 'ada', className: null }])
  expect(await call('region.history', { imageId: 1 })).toHaveLength(2)
})

it.each<[string, CallName, unknown]>([
  ['an endless number', 'region.add', { imageId: 1, geometry: { ...geometry, left: Infinity } }],
  [
    'a ring of two',
    'region.add',
    {
      imageId: 1,
      geometry: {
        kind: 'polygon',
        parts: [
          [
            [
              [1, 1],
              [2, 2],
            ],
          ],
        ],
      },
    },
  ],
  ['no point', 'region.add', { imageId: 1, geometry: { kind: 'point', points: [] } }],
  ['another kind', 'region.add', { imageId: 1, geometry: { kind: 'ellipse', x: 1 } }],
  ['something more', 'region.add', { ...drawn, colour: 'red' }],
  ['a long comment', 'region.add', { ...drawn, comment: 'x'.repeat(2001) }],
  ['a text too long', 'region.import', { imageId: 1, source: { text: ' '.repeat(3 * 1024 * 1024 + 1) } }],
])('refuses at the door: %s', async (_, name, input) => {
  expect(await codeOf(name, input)).toBe('call.invalid-input')
})

it('hides other readers’ regions from a blind reader until they decide on the image', async () => {
  const { id } = await call('region.add', drawn)
  await call('reader.set', { name: 'eva' })
  await call('reader.setBlind', { isBlind: true })
  const imageId = (await call('image.list', {}))[0]?.id ?? 0
  expect(await call('region.list', { imageId })).toEqual([])
  expect(await call('region.history', { imageId })).toEqual([])
  expect(await call('region.export', { imageId, path: null })).toMatchObject({ regions: 0 })
  expect(await codeOf('region.change', { regionId: id, comment: null })).toBe('region.not-found')
  expect(await codeOf('region.list', { imageId, reader: 'ada' })).toBe('reading.other-reader')
  await call('region.add', { ...drawn, imageId, className: 'Normal' })
  expect(await call('region.list', { imageId })).toMatchObject([{ className: 'Normal' }])
  await call('image.label', { imageIds: [imageId], className: 'Normal' })
  expect(await call('region.list', { imageId })).toMatchObject([{ drawnBy: 'ada' }, { drawnBy: 'eva' }])
})

it('refuses to change classes that regions use', async () => {
  expect(await call('workspace.info', {})).toMatchObject({ labelEntries: 0, classEntries: 0 })
  await call('region.add', drawn)
  expect(await call('workspace.info', {})).toMatchObject({ labelEntries: 0, classEntries: 1 })
  expect(await codeOf('classes.set', { classes: parseClassScheme('Other,Two') })).toBe('classes.in-use')
})
