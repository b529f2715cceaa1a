import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createApplication } from '../../../../electron/application/create-application.ts'
import type { Application } from '../../../../electron/application/application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import {
  parseClassScheme,
  type CallInput,
  type CallName,
  type CallOutput,
} from '../../../../electron/contract/index.ts'
import {
  createWorkspace,
  insertImage,
  insertModel,
  insertPromotion,
  insertVerdict,
} from '../../../../electron/store/index.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { newImage, newModel } from '../../../support/rows.ts'

/** Three models: first "b" and then "a" was promoted; "a" and then "c" predicted the first of two images. */
let root: string
let application: Application
const scheme = parseClassScheme('Benign,Malignant*')

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-change-'))
  const store = createWorkspace(join(root, 'w'), scheme, 'test')
  const { database } = store
  for (const n of [1, 2]) insertImage(database, newImage(String(n).repeat(64)))
  const [a, b, c] = ['a', 'b', 'c'].map((name) => insertModel(database, newModel(scheme, { name }))) as [
    number,
    number,
    number,
  ]
  insertPromotion(database, b)
  insertPromotion(database, a)
  for (const [modelId, suggested] of [
    [a, 'Benign'],
    [c, 'Malignant'],
  ] as const)
    insertVerdict(database, {
      imageId: 1,
      modelId,
      suggested,
      probabilities: { Benign: 0.5, Malignant: 0.5 },
      carcinomaScore: 0.5,
      outOfFold: false,
      boosters: 1,
      flags: [],
    })
  store.close()
  application = createApplication({
    homeDirectory: join(root, 'home'),
    version: 'test',
    launchCompute: inProcessCompute({}).launch,
    door: { tiles: '', choose: null },
  })
  await application.handlers['workspace.open']({ path: join(root, 'w'), handover: null })
})
afterEach(async () => {
  await application.close()
  rmSync(root, { recursive: true })
})

async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  const answer = await dispatch(application.handlers, name, input)
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value as CallOutput<N>
}
const names = async (): Promise<string[]> => (await call('model.list', {})).map(({ name }) => name)
const shown = async (): Promise<[string, string] | null> => {
  const { verdict } = await call('image.get', { imageId: 1 })
  return verdict === null ? null : [verdict.modelName, verdict.suggested]
}

it('renames a model everywhere, and keeps both names in the trail', async () => {
  await call('model.rename', { model: 'C', name: 'study 2', reason: 'clearer' })
  expect(await names()).toEqual(['study 2', 'b', 'a'])
  expect(await shown()).toEqual(['study 2', 'Malignant'])
  await expect(call('model.rename', { model: 'c', name: 'x' })).rejects.toThrow(/no model "c"/)
  await expect(call('model.rename', { model: 'a', name: 'B' })).rejects.toThrow(/already exists/)
  // The spelling of its own name may change.
  await call('model.rename', { model: 'a', name: 'A' })
  expect((await call('model.promotions', {})).map(({ model }) => model)).toEqual(['A', 'b'])
  const { events } = await call('audit.list', { filter: { kinds: ['model-change'] } })
  expect(events).toMatchObject([
    { before: { name: 'a' }, after: { name: 'A' }, object: { name: 'A' } },
    { before: { name: 'c' }, after: { name: 'study 2' }, reason: 'clearer' },
  ])
  const { problems } = await call('audit.verify', {})
  expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/^The predictions/)])
})

it('puts no model in use by restoring it, and says so in the trail', async () => {
  const inUse = async () => (await call('model.list', {})).filter((one) => one.inUse).map(({ name }) => name)
  await call('model.promote', { model: 'c' })
  await call('model.promote', { model: 'b' })
  await call('model.promote', { model: 'c' })
  await call('model.setRemoved', { model: 'b', isRemoved: true })
  // Below the removed "b" comes "c" as before, and then "a".
  await call('model.rollback', {})
  await call('model.rollback', {})
  expect(await inUse()).toEqual(['a'])
  await call('model.setRemoved', { model: 'b', isRemoved: false, reason: 'Needed.' })
  expect(await inUse()).toEqual(['a'])
  const { events } = await call('audit.list', {})
  const kept = { inUse: 'a' }
  expect(events.slice(0, 2)).toMatchObject([
    { kind: 'model-change', object: { name: 'b' }, after: { removed: false } },
    { kind: 'rollback', object: { name: 'b' }, before: kept, after: kept, reason: 'Needed.' },
  ])
  // A promotion from before that of the model in use still counts for a rollback to it.
  expect(await call('model.rollback', {})).toEqual({ inUse: 'b' })
  const { problems } = await call('audit.verify', {})
  expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/^The predictions/)])
})

it('removes a model with its suggestions, restores it, and does not roll back to it', async () => {
  await expect(call('model.setRemoved', { model: 'a', isRemoved: true })).rejects.toThrow(/"a" is in use/)
  expect(await call('model.setRemoved', { model: 'c', isRemoved: true })).toEqual({
    name: 'c',
    images: 1,
  })
  expect(await names()).toEqual(['b', 'a'])
  expect(await shown()).toEqual(['a', 'Benign'])
  expect(await call('image.verdicts', { imageId: 1 })).toHaveLength(1)
  expect((await call('workspace.info', {})).models).toBe(2)
  for (const asked of [
    () => call('model.report', { model: 'c' }),
    () => call('model.promote', { model: 'c' }),
    () => call('model.classify', { imageIds: [1], model: 'c' }),
  ])
    await expect(asked()).rejects.toThrow(/no model "c"/)
  // Its name stays its own.
  await expect(call('model.rename', { model: 'b', name: 'C' })).rejects.toThrow(/was removed/)
  await call('model.setRemoved', { model: 'b', isRemoved: true })
  expect((await call('model.listRemoved', {})).map(({ name }) => name).sort()).toEqual(['b', 'c'])
  // Before "a", "b" was promoted.
  expect(await call('model.rollback', {})).toEqual({ inUse: null })
  await call('model.setRemoved', { model: 'a', isRemoved: true })
  expect(await shown()).toBeNull()
  for (const model of ['a', 'b', 'c']) await call('model.setRemoved', { model, isRemoved: false })
  expect((await call('model.list', {})).filter(({ inUse }) => inUse)).toEqual([])
  expect(await shown()).toEqual(['c', 'Malignant'])
  // The predictions of this test have no job.
  const { problems } = await call('audit.verify', {})
  expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/^The predictions/)])
})
