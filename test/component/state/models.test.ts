import { beforeEach, expect, test } from 'vitest'
import type { DoctorReport, EncoderView, ModelView } from '../../../electron/contract/index.ts'
import { Models } from '../../../renderer/state/models.svelte.ts'
import { stubClient, type Answers } from '../support/stub-client.ts'
import { at } from '../support/views.ts'

const model = (id: number, second: number, change: Partial<ModelView> = {}): ModelView =>
  ({ id, name: `model-${id}`, createdAt: at(second), ...change }) as ModelView
const encoder = (name: string, source: EncoderView['source']): EncoderView =>
  ({ name, title: `Title of ${name}`, source }) as EncoderView

beforeEach(() => localStorage.clear())

function start(answers: Answers = {}) {
  const { client, asked } = stubClient(answers)
  return { models: new Models(client), asked }
}

test('models are listed newest first, and by number within one second', async () => {
  const { models } = start({ 'model.list': () => [model(1, 1), model(3, 2), model(4, 2), model(2, 9)] })
  expect(models.newest).toBeUndefined()
  await models.loadModels()
  expect(models.all.map(({ id }) => id)).toEqual([2, 4, 3, 1])
  expect(models.newest?.id).toBe(2)
  expect(models.find('model-3')?.id).toBe(3)
  expect(models.find(null)).toBeUndefined()
})

test('no model is in use until one is promoted', async () => {
  let promoted = true
  const { models } = start({ 'model.list': () => [model(1, 1, { inUse: promoted }), model(2, 2)] })
  await models.loadModels()
  expect(models.inUse?.id).toBe(1)
  promoted = false
  await models.loadModels()
  expect(models.inUse).toBeUndefined()
  models.clear()
  expect(models.inUse).toBeUndefined()
})

test('an encoder that is not listed is missing', async () => {
  const { models } = start({
    'encoder.list': () => [encoder('vgg16', 'official'), encoder('resnet50', 'missing')],
  })
  await models.loadEncoders()
  expect(models.missingOf(['vgg16', 'resnet50', 'inception-v3'] as never)).toEqual([
    'resnet50',
    'inception-v3',
  ])
  expect(models.titleOf('vgg16')).toBe('Title of vgg16')
  expect(models.titleOf('inception-v3')).toBe('inception-v3')
})

test('the speed is that of the back-end that the encoder would use', async () => {
  const report = {
    backends: [
      { name: 'slow', cropsPerSecond: [{ encoder: 'vgg16', value: 1 }] },
      { name: 'fast', cropsPerSecond: [{ encoder: 'vgg16', value: 9 }] },
    ],
    use: [{ encoder: 'vgg16', backend: 'fast' }],
  } as unknown as DoctorReport
  const { models, asked } = start({ 'app.doctor': () => report })
  expect(models.cropsPerSecond('vgg16')).toBeNull()
  await models.measure()
  expect(models.cropsPerSecond('vgg16')).toBe(9)
  expect(models.cropsPerSecond('resnet50')).toBeNull()
  expect(asked).toEqual([['app.doctor', { measure: true }]])
})

test('a classification uses the chosen effort, which the page remembers', async () => {
  const { models, asked } = start({ 'model.classify': () => ({ jobId: 4 }) })
  expect(await models.classify(null, null)).toBe(4)
  models.effort.choose('adaptive')
  expect(await models.classify([1, 2], 'first')).toBe(4)
  expect(asked).toEqual([
    ['model.classify', { imageIds: null, model: null, effort: 'full' }],
    ['model.classify', { imageIds: [1, 2], model: 'first', effort: 'adaptive' }],
  ])
  expect(start().models.effort.value).toBe('adaptive')
})

test('training and installing return the number of their job', async () => {
  const { models, asked } = start({
    'model.train': () => ({ jobId: 1 }),
    'encoder.demo': () => ({ jobId: 2 }),
    'encoder.fetch': () => ({ jobId: 3 }),
    'encoder.import': () => ({ jobId: 4 }),
  })
  const input = { name: 'first', recipe: 'quick' } as never
  const names = ['vgg16'] as never
  const ids = [
    await models.train(input),
    await models.installUntrained(names),
    await models.fetchEncoders(names),
    await models.importWeights(['/weights.h5']),
  ]
  expect(ids).toEqual([1, 2, 3, 4])
  const weights = { paths: ['/weights.h5'], allowUnofficial: false }
  expect(asked.map(([, asking]) => asking)).toEqual([input, { names }, { names }, weights])
})
