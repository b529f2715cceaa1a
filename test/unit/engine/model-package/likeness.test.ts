import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unzipSync } from 'fflate'
import { atOnce } from '../../../../electron/base/slices.ts'
import {
  packageDocuments,
  type LikenessReference,
  type ModelReport,
  type TrainedLikeness,
  packageVersion,
} from '../../../../electron/contract/index.ts'
import { readNpy } from '../../../../electron/engine/descriptors/index.ts'
import {
  measureLikeness,
  ReferenceCache,
  storedReference,
  type StoredReference,
} from '../../../../electron/engine/prediction/likeness-reference.ts'
import { checkJob, checkWorkspace } from '../../../../electron/features/workspace/check-workspace.ts'
import { readModelReport } from '../../../../electron/features/models/model-report.ts'
import { listModels, type OpenWorkspace } from '../../../../electron/store/index.ts'
import {
  bytesOf,
  changed,
  insertTrained,
  jsonOf,
  makeWorld,
  pack,
  sha256,
  unpack,
  type World,
} from './fixture.ts'
import { jobRun } from '../../../support/job-run.ts'
import { inFormat2, withoutLikeness } from '../../../support/older-package.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld()
  await insertTrained(world.store, { name: 'second', hasLikeness: true })
  await pack(world, world.store, 'first', 'first.zip')
  await pack(world, world.store, 'second', 'second.zip')
})
afterAll(() => world.dispose())

const entriesOf = (file: string) => unzipSync(readFileSync(world.path(file)))
const report = (store: OpenWorkspace, model: string): ModelReport =>
  atOnce(readModelReport(store.database, model))
/** The leaks count models that were trained before in the same workspace. */
const ofModel = (store: OpenWorkspace, model: string): object => ({ ...report(store, model), leaks: null })
const directoryOf = (store: OpenWorkspace): string => store.folders.boosters
const storedIn = (store: OpenWorkspace, model: string): StoredReference => {
  const stored = storedReference(report(store, model), directoryOf(store))
  if (stored === null) throw new Error(`no reference of ${model}`)
  return stored
}
const picture = Float32Array.from({ length: 2048 }, (_, i) => (i % 7 === 0 ? 0.05 : 0))

it('the reference data for likeness are in the package, to the bit', async () => {
  const entries = entriesOf('second.zip')
  expect(Object.keys(entries).slice(0, 5)).toEqual([
    'manifest.json',
    'report.json',
    'folds.json',
    packageDocuments.card,
    packageDocuments.likeness,
  ])
  expect(jsonOf(entries['manifest.json'])['version']).toBe(packageVersion)
  const away = world.newWorkspace('away')
  await unpack(world, away, 'second.zip')
  expect(ofModel(away, 'second')).toEqual(ofModel(world.store, 'second'))
  const [here, there] = [storedIn(world.store, 'second'), storedIn(away, 'second')]
  expect(readFileSync(there.path)).toEqual(readFileSync(here.path))
  expect(sha256(readFileSync(here.path))).toBe(here.reference.sha256)
  const [a, b] = [
    await measureLikeness(picture, here, new ReferenceCache()),
    await measureLikeness(picture, there, new ReferenceCache()),
  ]
  expect(a).toEqual(b)
  expect(a).toMatchObject({ pValue: 1 / 9, images: 8 })
  expect((await pack(world, away, 'second', 'again.zip')).sha256).toBe(
    sha256(readFileSync(world.path('second.zip'))),
  )
})

it('a model of a version without it is packed as before, and reports likeness as unknown', async () => {
  expect(jsonOf(entriesOf('first.zip')['manifest.json'])['version']).toBe(packageVersion)
  expect(entriesOf('first.zip')).not.toHaveProperty([packageDocuments.likeness])
  const older = world.newWorkspace('older')
  await unpack(world, older, 'first.zip')
  expect(report(older, 'first')).not.toHaveProperty('likeness')
  expect(storedReference(report(older, 'first'), directoryOf(older))).toBeNull()
  expect(await measureLikeness(picture, null, new ReferenceCache())).toEqual({ unknown: 'no-reference' })
})

it('packages of formats 1 and 2, which called the weights source encoders, are the same models', async () => {
  const formats = { 1: ['first', withoutLikeness], 2: ['second', inFormat2] } as const
  for (const [version, [model, asOlder]] of Object.entries(formats)) {
    const bytes = asOlder(readFileSync(world.path(`${model}.zip`)))
    const { 'manifest.json': manifest, 'report.json': own } = unzipSync(bytes)
    expect(jsonOf(manifest)).toMatchObject({ version: Number(version), encoders: 'demo' })
    expect(jsonOf(manifest)).not.toHaveProperty('weights')
    expect(jsonOf(own)).toMatchObject({ encoders: 'demo' })
    writeFileSync(world.path('older.zip'), bytes)
    const store = world.newWorkspace(`format ${version}`)
    expect(await unpack(world, store, 'older.zip')).toMatchObject({
      weights: 'untrained',
      sha256: sha256(bytes),
    })
    expect(ofModel(store, model)).toEqual(ofModel(world.store, model))
    // Written again, it is a package of today, with a card from here.
    await pack(world, store, model, 'again.zip')
    const modelOf = (file: string): object => {
      const { 'card.md': _card, 'manifest.json': _manifest, ...rest } = entriesOf(file)
      return rest
    }
    expect(modelOf('again.zip')).toEqual(modelOf(`${model}.zip`))
  }
  // Format 3 has no such field, and the hash of the older words counts.
  const target = world.newWorkspace('target of older words')
  writeFileSync(world.path('older.zip'), inFormat2(readFileSync(world.path('second.zip'))))
  changed(world, 'older.zip', 'odd.zip', (_entries, manifest) => (manifest['version'] = 3))
  await expect(unpack(world, target, 'odd.zip')).rejects.toMatchObject({
    details: { entry: 'manifest.json', reason: expect.stringMatching(/weights/) as string },
  })
  changed(world, 'older.zip', 'odd.zip', (entries) => {
    entries['report.json'] = bytesOf({ ...jsonOf(entries['report.json']), encoders: 'keras' })
  })
  await expect(unpack(world, target, 'odd.zip')).rejects.toMatchObject({ details: { entry: 'report.json' } })
})

it('too few augmentations, or an image of another recipe, give no likeness', async () => {
  const stored = storedIn(world.store, 'second')
  const cache = new ReferenceCache()
  expect(await measureLikeness(null, stored, cache)).toEqual({ unknown: 'too-few-augmentations' })
  await expect(measureLikeness(picture.subarray(1), stored, cache)).rejects.toMatchObject({
    code: 'model.corrupt',
  })
})

describe('a file that was changed', () => {
  it('is refused in a workspace, and found by its check', async () => {
    const damaged = world.newWorkspace('damaged')
    await unpack(world, damaged, 'second.zip')
    const stored = storedIn(damaged, 'second')
    const look = async () =>
      (
        await checkWorkspace({}, jobRun(checkJob), { workspace: damaged, compute: world.compute })
      ).problems.filter(({ path }) => path === stored.path)
    expect(await look()).toEqual([])
    const bytes = readFileSync(stored.path)
    const last = bytes.length - 3
    bytes[last] = (bytes[last] ?? 0) ^ 1
    writeFileSync(stored.path, bytes)
    const asked = (): Promise<unknown> => measureLikeness(picture, stored, new ReferenceCache())
    await expect(asked()).rejects.toMatchObject({
      code: 'model.corrupt',
      message: expect.stringContaining('have changed') as string,
    })
    expect(await look()).toMatchObject([{ kind: 'booster-damaged' }])
    await expect(pack(world, damaged, 'second', 'no.zip')).rejects.toMatchObject({ code: 'model.corrupt' })
    rmSync(stored.path)
    await expect(asked()).rejects.toMatchObject({ code: 'model.corrupt' })
    expect(await look()).toMatchObject([{ kind: 'booster-missing' }])
    await expect(pack(world, damaged, 'second', 'no.zip')).rejects.toMatchObject({ code: 'model.corrupt' })
  })

  interface Changeable {
    likeness: LikenessReference
    predictions: { likeness: TrainedLikeness }[]
  }
  const likeness = packageDocuments.likeness

  /** A package with correct hashes and different content. */
  const forged = async (
    entry: string,
    reason: RegExp,
    change: (entries: Record<string, Uint8Array>, own: Changeable) => void,
    { version = packageVersion } = {},
  ): Promise<void> => {
    const target = world.newWorkspace(`target ${Math.random()}`)
    changed(
      world,
      'second.zip',
      'forged.zip',
      (entries, manifest) => {
        manifest['version'] = version
        if (version < 6) delete entries['card.md']
        const own = jsonOf(entries['report.json'])
        change(entries, own as unknown as Changeable)
        entries['report.json'] = bytesOf(own)
      },
      { rehash: true },
    )
    await expect(unpack(world, target, 'forged.zip')).rejects.toMatchObject({
      code: 'package.invalid',
      details: { entry, reason: expect.stringMatching(reason) as string },
    })
    expect(listModels(target.database)).toEqual([])
    expect(existsSync(directoryOf(target)) ? readdirSync(directoryOf(target)) : []).toEqual([])
  }

  it('is refused in a package, even if every hash was made to match', async () => {
    // Not rehashed: the manifest's hash does not match.
    changed(world, 'second.zip', 'flipped.zip', (entries) => {
      const bytes = Buffer.from(entries[likeness] ?? [])
      bytes[bytes.length - 3] = (bytes.at(-3) ?? 0) ^ 1
      entries[likeness] = bytes
    })
    await expect(unpack(world, world.newWorkspace('flipped'), 'flipped.zip')).rejects.toMatchObject({
      details: { entry: likeness, reason: expect.stringMatching(/not what the manifest says/) as string },
    })
    await forged(likeness, /distances in the report do not match/, (_entries, own) => {
      const first = own.predictions[0]?.likeness
      if (first) first.distances[2] = (first.distances[2] ?? 0) + 1e-15
    })
    await forged(likeness, /distances in the report do not match/, (_entries, own) => {
      const first = own.predictions[0]?.likeness
      if (first) first.pValue = 0.5
    })
    await forged('report.json', /not give the likeness of every image/, (_entries, own) => {
      own.predictions = own.predictions.map(({ likeness: _, ...row }, i) =>
        i === 0 ? (row as never) : { likeness: _, ...row },
      )
    })
    await forged('report.json', /other vectors than the manifest/, (_entries, own) => {
      own.likeness.sha256 = sha256('x')
    })
    await forged('report.json', /recipe gives 2048/, (_entries, own) => {
      own.likeness.columns = 2047
    })
    await forged('report.json', /averages other augmentations/, (_entries, own) => {
      own.likeness.augmentations = 2
    })
    await forged(likeness, /this version supports 3/, (_entries, own) => {
      own.likeness.neighbours = 2
    })
    await forged(likeness, /not a checked table/, (entries, own) => {
      entries[likeness] = Buffer.from('something else')
      own.likeness.sha256 = sha256('something else')
    })
    await forged(likeness, /does not belong/, () => undefined, { version: 1 })
  })

  it('holds a row for each training image', async () => {
    const { matrix } = await readNpy(storedIn(world.store, 'second').path)
    expect([matrix.rows, matrix.columns]).toEqual([8, 2048])
    // Of length 1, to the rounding of 2048 float32 values.
    for (let row = 0; row < 8; row++) {
      const own = matrix.data.subarray(row * 2048, (row + 1) * 2048)
      expect(own.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5)
    }
  })
})
