import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { unzipSync } from 'fflate'
import { packageVersion } from '../../../../electron/contract/index.ts'
import { openClassifier } from '../../../../electron/engine/classifiers/index.ts'
import { findModel, listBoosters, listModels } from '../../../../electron/store/index.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { inFormat3 } from '../../../support/older-package.ts'
import {
  boosterText,
  changed,
  insertTrained,
  jsonOf,
  makeWorld,
  pack,
  regressionText,
  sha256,
  unpack,
  type JsonObject,
  type World,
} from './fixture.ts'

const first = 'boosters/logistic-resnet50-set0-seed0-fold0.txt'
let world: World
beforeAll(async () => {
  world = await makeWorld()
  await insertTrained(world.store, { name: 'both', hasLikeness: false, classifier: 'both' })
  await pack(world, world.store, 'both', 'both.zip')
})
afterAll(() => world.dispose())

it('a model with both classifiers is the same in another workspace, and the same bytes when written again', async () => {
  const entries = unzipSync(readFileSync(world.path('both.zip')))
  expect(Object.keys(entries)).toContain(first)
  const { boosters } = jsonOf(entries['manifest.json'])
  expect((boosters as JsonObject[]).map(({ kind }) => kind)).toEqual([
    'lightgbm',
    'lightgbm',
    'logistic',
    'logistic',
  ])
  const away = world.newWorkspace('away')
  expect(await unpack(world, away, 'both.zip')).toMatchObject({ model: 'both', boosters: 4 })
  const { id } = findModel(away.database, 'both')
  expect(listBoosters(away.database, id)).toEqual(
    listBoosters(world.store.database, findModel(world.store.database, 'both').id),
  )
  await pack(world, away, 'both', 'again.zip')
  expect(readFileSync(world.path('again.zip'))).toEqual(readFileSync(world.path('both.zip')))
  for (const { textSha256 } of listBoosters(away.database, id)) {
    const classifier = await openClassifier(join(away.folders.boosters, `${textSha256}.txt`), textSha256)
    expect(classifier).toMatchObject({ classes: 2, columns: 2048 })
    const [p = NaN, q = NaN] = await classifier.predict(new Float32Array(2048), 1)
    expect(Math.abs(p + q - 1)).toBeLessThan(1e-12)
    await expect(classifier.predict(new Float32Array(2047), 1)).rejects.toThrow()
    classifier.close()
  }
})

it('a package of format 3 is read, and its classifiers are LightGBM', async () => {
  await pack(world, world.store, 'first', 'first.zip')
  const older = inFormat3(readFileSync(world.path('first.zip')))
  expect(jsonOf(unzipSync(older)['manifest.json'])).toMatchObject({ version: 3, weights: 'untrained' })
  expect(Buffer.from(unzipSync(older)['manifest.json'] ?? []).toString()).not.toMatch(/lightgbm|kind/)
  writeFileSync(world.path('older.zip'), older)
  const store = world.newWorkspace('format 3')
  expect(await unpack(world, store, 'older.zip')).toMatchObject({ boosters: 2, sha256: sha256(older) })
  await pack(world, store, 'first', 'again.zip')
  // Its card is written here, since that package had none.
  const modelOf = (file: string): Record<string, Uint8Array> => {
    const {
      'card.md': _card,
      'manifest.json': _manifest,
      ...rest
    } = unzipSync(readFileSync(world.path(file)))
    return rest
  }
  expect(modelOf('again.zip')).toEqual(modelOf('first.zip'))
})

it('is refused if a classifier is of another kind or size, is missing, or was changed', async () => {
  const target = world.newWorkspace('target')
  const refused = async (entry: string, reason: RegExp): Promise<void> => {
    await expect(unpack(world, target, 'odd.zip')).rejects.toMatchObject({
      code: 'package.invalid',
      details: { entry, reason: expect.stringMatching(reason) as string },
    })
    expect(listModels(target.database)).toEqual([])
  }
  const own = Buffer.from(unzipSync(readFileSync(world.path('both.zip')))[first] ?? []).toString()
  const texts: [string, RegExp][] = [
    [await boosterText('c'), /first line/],
    [await regressionText('c', 3), /tells 3 classes apart; the model has 2/],
    [await regressionText('c', 2, 100), /asks for 100 numbers an image; resnet50 gives 2048/],
    [own.replace(/(\nscale=)\S+/, '$1-1'), /scale/],
    [own.replace('\nend', ''), /as Lobule writes it/],
  ]
  for (const [text, reason] of texts) {
    changed(world, 'both.zip', 'odd.zip', (entries) => (entries[first] = Buffer.from(text)), { rehash: true })
    await refused(first, reason)
  }
  // A regression in the place of a booster.
  const tree = 'boosters/resnet50-set0-seed0-fold0.txt'
  changed(world, 'both.zip', 'odd.zip', (entries) => (entries[tree] = Buffer.from(own)), { rehash: true })
  await refused(tree, /LightGBM refuses it/)
  const without = (_entries: unknown, manifest: JsonObject): void => {
    manifest['boosters'] = (manifest['boosters'] as JsonObject[]).slice(0, 3)
  }
  changed(world, 'both.zip', 'odd.zip', without)
  await refused('manifest.json', /the classifier logistic-resnet50-set0-seed0-fold1 is missing/)
  changed(world, 'both.zip', 'odd.zip', (_entries, manifest) => (manifest['version'] = 3))
  await refused('manifest.json', /format 3, which has no logistic regression/)
  changed(world, 'both.zip', 'odd.zip', (_entries, manifest) => (manifest['version'] = packageVersion + 1))
  await expect(unpack(world, target, 'odd.zip')).rejects.toMatchObject({
    code: 'package.newer',
    details: { found: packageVersion + 1, known: packageVersion },
  })
})

it('a stored regression that was changed is refused as corrupt, or gives probabilities', async () => {
  const text = await regressionText('mutated', 2, 40)
  const random = keyedGenerator('mutate-stored')
  const path = world.path('mutated.txt')
  let refused = 0
  for (let round = 0; round < 200; round++) {
    const bytes = Buffer.from(text)
    const place = random.nextInteger(bytes.length)
    bytes[place] = (bytes[place] ?? 0) ^ (1 + random.nextInteger(255))
    writeFileSync(path, bytes)
    await expect(openClassifier(path, sha256(text))).rejects.toMatchObject({ code: 'model.corrupt' })
    const opened = await openClassifier(path, sha256(bytes)).catch((error: unknown) => error)
    if (opened instanceof Error) {
      refused++
      expect(opened).toMatchObject({ code: 'model.corrupt' })
    }
  }
  expect(refused).toBeGreaterThan(0)
})
