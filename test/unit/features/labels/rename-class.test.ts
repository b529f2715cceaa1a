import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { AnyEvent, JobView } from '../../../../electron/contract/index.ts'
import type { PackRequest } from '../../../../electron/engine/model-package/index.ts'
import { seededWorkspace, startApplication, type Caller } from '../audit/seeded-workspace.ts'

/**
 * A workspace with something in every table, with a class that was renamed and got its first name back (`Benign`, between them
 * `Not malignant`), and one that never was (`Malignant`).
 */
let seeded: { root: string; path: string; remove: () => void }
let path: string
let caller: Caller
beforeAll(async () => {
  seeded = await seededWorkspace()
})
afterAll(() => seeded.remove())
beforeEach(async () => {
  path = join(seeded.root, 'renamed')
  cpSync(seeded.path, path, { recursive: true })
  caller = startApplication(join(path, 'home'))
  await caller.call('workspace.open', { path })
})
afterEach(async () => {
  await caller.application.close()
  rmSync(path, { recursive: true })
})
const call: Caller['call'] = (name, input) => caller.call(name, input)
const rename = (name: string, newName: string): Promise<unknown> => call('classes.rename', { name, newName })
const out = (name: string): string => join(path, name)

/** Everything that names classes, as text. */
async function everything(): Promise<string> {
  const images = await call('image.list', {})
  const ids = images.map(({ id }) => id)
  const ofEach = <T>(read: (imageId: number) => Promise<T>): Promise<T[]> => Promise.all(ids.map(read))
  const facts = {
    classes: (await call('workspace.current', {}))?.classes,
    images,
    verdicts: await ofEach((imageId) => call('image.verdicts', { imageId })),
    labels: await call('label.list', {}),
    models: await call('model.list', {}),
    report: await call('model.report', { model: 'first' }),
    second: await call('model.report', { model: 'second' }),
    inUse: await call('model.accuracyInUse', { model: null }),
    subgroups: await call('model.subgroups', { model: 'first', column: 'format' }),
    comparison: await call('model.compare', { first: 'first', second: 'second' }),
    of: await call('model.verdicts', { model: 'first' }),
    agreement: await call('reading.agreement', {}),
    study: await call('reading.study', {}),
    regions: await ofEach((imageId) => call('region.list', { imageId })),
    changes: await ofEach((imageId) => call('region.history', { imageId })),
    slides: await call('slide.analyses', { imageId: 1 }),
    map: await call('slide.map', { imageId: 1, analysisId: 1 }),
    opening: await call('testSet.opening', { openingId: 1 }),
  }
  return JSON.stringify(facts)
}

it('changes the name in all that names the class, and nothing else to the bit', async () => {
  const before = await everything()
  expect(before.split('"Malignant"').length).toBeGreaterThan(50)
  await rename('Malignant', 'Carcinoma')
  expect(await everything()).toBe(before.replaceAll('"Malignant"', '"Carcinoma"'))
  await rename('Carcinoma', 'Malignant')
  expect(await everything()).toBe(before)
  const { problems, whole } = await call('audit.verify', {})
  expect(problems).toEqual([])
  expect(whole).toBe(true)
})

it('tells every page to read images, models and the regions of the open image again', async () => {
  const events: AnyEvent[] = []
  caller.application.onEvent((event) => events.push(event))
  await rename('Malignant', 'Carcinoma')
  expect(events).toContainEqual({ name: 'images.changed', payload: { imageIds: null } })
  expect(events).toContainEqual({ name: 'models.changed', payload: {} })
  expect(events).toContainEqual({ name: 'regions.changed', payload: { imageId: null } })
})

it('leaves an event with both names, the reader and the reason', async () => {
  await call('classes.rename', { name: 'Malignant', newName: 'Carcinoma', reason: 'As in the protocol.' })
  const filter = {
    kinds: ['classes' as const],
    reader: null,
    imageId: null,
    text: null,
    from: null,
    to: null,
  }
  const { events } = await call('audit.list', { filter })
  expect(events[0]).toMatchObject({
    object: { type: 'class', name: 'Carcinoma' },
    before: { name: 'Malignant' },
    after: { name: 'Carcinoma', firstName: 'Malignant' },
    reason: 'As in the protocol.',
  })
  expect(events[0]?.reader).not.toBeNull()
})

it('keeps the trail whole while labels, regions and undo go on under each name', async () => {
  await call('image.label', { imageIds: [7], className: 'Malignant', reader: 'ben' })
  await rename('Malignant', 'Carcinoma')
  await call('image.label', { imageIds: [8], className: 'Carcinoma', reader: 'ben' })
  await call('undo.undo', { reader: 'ben' })
  await call('undo.undo', { reader: 'ben' })
  await call('undo.redo', { reader: 'ben' })
  // By a name that the class had, as from a page that does not know the new one yet.
  const [labelled] = await call('image.label', { imageIds: [9], className: 'Malignant', reader: 'ben' })
  expect(labelled?.readings.all.find(({ reader }) => reader === 'ben')?.className).toBe('Carcinoma')
  await call('region.change', { regionId: 1, className: 'Carcinoma' })
  await rename('Carcinoma', 'CARCINOMA')
  await call('region.undo', { imageId: 1 })
  await caller.finish(await call('model.train', { name: 'later', recipe: 'quick' }))
  await caller.finish(await call('model.classify', { imageIds: [1], model: 'later' }))
  expect((await call('image.get', { imageId: 1 })).verdict?.suggested).toBe('CARCINOMA')
  await caller.application.close()
  caller = startApplication(join(path, 'home'))
  await caller.call('workspace.open', { path })
  expect(await call('audit.verify', {})).toMatchObject({ problems: [], whole: true })
})

it('reads tables and regions from before, and writes the present name', async () => {
  await call('label.export', { path: out('before.csv') })
  const { text } = await call('region.export', { imageId: 1, path: null })
  await rename('Malignant', 'Carcinoma')
  await rename('Benign', 'Harmless')
  expect(readFileSync(out('before.csv'), 'utf8')).toContain('Malignant')
  const { labels } = await call('label.export', { path: out('after.csv') })
  expect(labels).toBeGreaterThan(0)
  expect(readFileSync(out('after.csv'), 'utf8')).toContain('Carcinoma')
  const imported = await call('region.import', { imageId: 5, source: { text: text ?? '' } })
  expect(imported.unknownClasses).toEqual([])
  expect((await call('region.list', { imageId: 5 }))[0]?.className).toBe('Harmless')
  const preview = await call('image.preview', {
    paths: [join(seeded.root, 'images')],
    labels: 'folder',
    labelsFile: null,
    casesPattern: null,
    mostFiles: null,
  })
  expect(new Set(preview.files.map(({ className }) => className))).toEqual(new Set(['Harmless', 'Carcinoma']))
  writeFileSync(out('both.csv'), 'file,label\nM0.png,Malignant\nM0.png,Carcinoma\nM0.png,Other\n')
  const both = await call('image.preview', {
    paths: [join(seeded.root, 'images')],
    labels: 'none',
    labelsFile: out('both.csv'),
    casesPattern: null,
    mostFiles: null,
  })
  expect(both.files.find(({ path: at }) => at.endsWith('M0.png'))?.className).toBe('Carcinoma')
  expect(both.rows.map(({ row, problem }) => [row, problem])).toEqual([
    [3, 'there is no class "Other" (known: Harmless, Carcinoma)'],
  ])
})

it('packs a model with the names of its training, and reads packages by any name', async () => {
  /** What would be packed. */
  const packed = async (file: string): Promise<PackRequest> => {
    await caller.finish(await call('model.export', { model: 'first', path: out(file) }))
    return JSON.parse(readFileSync(out(file), 'utf8')) as PackRequest
  }
  const before = await packed('before.zip')
  await rename('Malignant', 'Carcinoma')
  const { manifest, report } = await packed('after.zip')
  expect(manifest).toEqual(before.manifest)
  expect([report.evaluation, report.predictions]).toEqual([
    before.report.evaluation,
    before.report.predictions,
  ])
  await caller.finish(await call('model.import', { path: out('before.zip'), name: 'again' }))
  const { evaluation } = await call('model.report', { model: 'again' })
  expect(evaluation.classes).toEqual(['Benign', 'Carcinoma'])
  expect(await call('audit.verify', {})).toMatchObject({ problems: [], whole: true })
})

it.each([
  ['Nothing', 'New', 'classes.unknown'],
  ['Malignant', 'Benign', 'classes.name-taken'],
  ['Malignant', 'BENIGN ', 'classes.name-taken'],
  ['Malignant', 'Ｂenign', 'classes.name-taken'],
  ['Malignant', 'not malignant', 'classes.name-taken'],
  ['Malignant', 'Malignant', 'classes.name-taken'],
  ['Malignant', '  ', 'call.invalid-input'],
  ['Malignant', 'x'.repeat(61), 'call.invalid-input'],
  ['Malignant', 'a/b', 'call.invalid-input'],
  ['Malignant', 'unsure', 'call.invalid-input'],
  ['Malignant', 'Benign\uFE0F', 'classes.name-taken'],
  ['Malignant', 'B\u0435nign', 'call.invalid-input'],
])('refuses to call %s "%s" (%s) and changes nothing', async (name, newName, code) => {
  const before = await everything()
  const { total } = await call('audit.list', {})
  await expect(rename(name, newName)).rejects.toMatchObject({ code })
  expect(await everything()).toBe(before)
  expect((await call('audit.list', {})).total).toBe(total)
})

it('finds the class by its former name, and gives that back', async () => {
  await rename('Malignant', 'Carcinoma')
  await rename('Malignant', 'Carcinoma 2')
  const current = await call('workspace.current', {})
  expect(current?.classes.map(({ name }) => name)).toEqual(['Benign', 'Carcinoma 2'])
  const ofBenign = { name: 'Not malignant', className: 'Benign' }
  const former = (className: string, ...names: string[]): unknown[] => [
    ofBenign,
    ...names.map((name) => ({ name, className })),
  ]
  expect(current?.formerClassNames).toEqual(former('Carcinoma 2', 'Malignant', 'Carcinoma'))
  await rename('Carcinoma 2', 'Malignant')
  expect((await call('workspace.current', {}))?.formerClassNames).toEqual(
    former('Malignant', 'Carcinoma', 'Carcinoma 2'),
  )
  await expect(rename('Benign', 'carcinoma')).rejects.toThrow(/is or was a name of the class "Malignant"/)
})

it('waits for a running job', async () => {
  const started: unknown = await call('model.train', { name: 'busy', recipe: 'quick' })
  const { jobId } = started as { jobId: number }
  await expect(rename('Malignant', 'Carcinoma')).rejects.toMatchObject({ code: 'job.busy' })
  const state = async (): Promise<JobView['state']> => (await call('job.get', { jobId })).state
  await expect.poll(state).toBe('done')
  await rename('Malignant', 'Carcinoma')
})

it('makes a workspace for another reader with the same names, past ones included', async () => {
  await rename('Malignant', 'Carcinoma')
  const handed = out('handed-over')
  await caller.finish(await call('exchange.handOver', { path: handed, to: 'cleo' }))
  await call('exchange.export', { path: out('own.jsonl') })
  await call('workspace.open', { path: handed })
  const current = await call('workspace.current', {})
  expect(current?.classes.map(({ name }) => name)).toEqual(['Benign', 'Carcinoma'])
  expect(await call('audit.verify', {})).toMatchObject({ problems: [], whole: true })
  const again = await call('exchange.import', { path: out('own.jsonl') })
  expect(again.added).toEqual({ labels: 0, comments: 0, regionChanges: 0 })
  await expect(rename('Benign', 'Malignant')).rejects.toMatchObject({ code: 'classes.name-taken' })
})
