import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { Booster } from '../../../../electron/engine/boosting/index.ts'
import { inspectPackage, unpackModel } from '../../../../electron/engine/model-package/index.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { probabilityProblem } from '../../../../electron/engine/prediction/require-probabilities.ts'
import { mutated } from '../../../fuzz/random-input.ts'
import { changed, makeWorld, pack } from './fixture.ts'

/** By hand with more: LOBULE_MUTATIONS=10000. */
const count = Number(process.env['LOBULE_MUTATIONS'] ?? 300)
const timeout = { timeout: 300_000 + count * 200 }
const context = { signal: new AbortController().signal, report: (): void => undefined }

it('mutated at random, is refused with a reason or is exactly the same model', timeout, async () => {
  const world = await makeWorld()
  onTestFinished(() => world.dispose())
  await pack(world, world.store, 'first', 'first.zip')
  const random = keyedGenerator('mutated packages')
  const good = readFileSync(world.path('first.zip'))
  const manifest = await inspectPackage(world.path('first.zip'))
  const directory = join(world.root, 'staging')
  mkdirSync(directory)
  const expected = await unpackModel({ path: world.path('first.zip'), manifest, directory }, context)
  const listAt = good.readUInt32LE(good.length - 6)
  const path = world.path('mutated.zip')
  let accepted = 0
  for (let i = 0; i < count; i++) {
    writeFileSync(path, mutate(good, listAt, random))
    try {
      const found = await inspectPackage(path)
      const model = await unpackModel({ path, manifest: found, directory }, context)
      expect(found).toEqual(manifest)
      expect({ ...model, sha256: '' }).toEqual({ ...expected, sha256: '' })
      accepted++
    } catch (error) {
      expect(error, `mutation ${i}`).toMatchObject({ code: expect.stringMatching(/^package\./) as string })
    }
  }
  // Time stamps and the like have no meaning here.
  expect(accepted).toBeLessThan(count / 3)
})

it('a mutated booster with a true hash is refused, or predicts without harm', timeout, async () => {
  const world = await makeWorld()
  onTestFinished(() => world.dispose())
  await pack(world, world.store, 'first', 'first.zip')
  const random = keyedGenerator('mutated boosters')
  const directory = join(world.root, 'staging')
  mkdirSync(directory)
  const path = world.path('mutated.zip')
  const row = Float32Array.from({ length: 2048 }, () => random.nextFloat())
  const outcomes = { refused: 0, 'no probabilities': 0, predicts: 0 }
  for (let i = 0; i < count; i++) {
    const change = (entries: Record<string, Uint8Array>): void => {
      const booster = 'boosters/resnet50-set0-seed0-fold1.txt'
      entries[booster] = mutated(entries[booster] ?? new Uint8Array(), random)
    }
    changed(world, 'first.zip', 'mutated.zip', change, { rehash: true })
    try {
      const manifest = await inspectPackage(path)
      const { textSha256s } = await unpackModel({ path, manifest, directory }, context)
      for (const name of textSha256s) {
        using booster = await Booster.fromModelText(readFileSync(join(directory, `${name}.txt`), 'utf8'))
        const values = await booster.predict(row, { rows: 1, kind: 'probability' })
        outcomes[probabilityProblem(values, 2) === null ? 'predicts' : 'no probabilities']++
      }
    } catch (error) {
      expect(error, `mutation ${i}`).toMatchObject({ code: expect.stringMatching(/^package\./) as string })
      outcomes.refused++
    }
  }
  process.stdout.write(`${count} mutated boosters: ${JSON.stringify(outcomes)}\n`)
  expect(outcomes.refused).toBeGreaterThan(count / 3)
})

/** Bytes changed, removed, duplicated, moved or set to zero; half of them in the headers. */
function mutate(good: Buffer, listAt: number, random: ReturnType<typeof keyedGenerator>): Buffer {
  const place = (): number =>
    random.nextBoolean() ? random.nextInteger(good.length) : listAt + random.nextInteger(good.length - listAt)
  const from = place()
  const length = 1 + random.nextInteger(40)
  switch (random.nextInteger(5)) {
    case 0: {
      const bytesChanged = Buffer.from(good)
      for (let k = random.nextInteger(4); k >= 0; k--) bytesChanged[place()] = random.nextInteger(256)
      return bytesChanged
    }
    case 1:
      return Buffer.concat([good.subarray(0, from), good.subarray(from + length)])
    case 2:
      return Buffer.concat([good.subarray(0, from + length), good.subarray(from)])
    case 3:
      return Buffer.concat([good.subarray(from), good.subarray(0, from)])
    default:
      return Buffer.from(good).fill(0, from, Math.min(good.length, from + length))
  }
}
