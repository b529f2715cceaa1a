import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { inspectPackage, unpackModel } from '../../../../electron/engine/model-package/index.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { makeWorld, pack } from './fixture.ts'

// LOBULE_MUTATIONS=5000 for the long run.
it('mutated at random, is refused with a reason or is exactly the same model', async () => {
  const count = Number(process.env['LOBULE_MUTATIONS'] ?? 300)
  const world = await makeWorld()
  onTestFinished(() => world.dispose())
  await pack(world, world.store, 'first', 'first.zip')
  const random = keyedGenerator('mutated packages')
  const good = readFileSync(world.path('first.zip'))
  const manifest = await inspectPackage(world.path('first.zip'))
  const directory = join(world.root, 'staging')
  mkdirSync(directory)
  const context = { signal: new AbortController().signal, report: (): void => undefined }
  const expected = await unpackModel({ path: world.path('first.zip'), manifest, directory }, context)
  const listAt = good.readUInt32LE(good.length - 6)
  const path = world.path('mutated.zip')
  let accepted = 0
  for (let i = 0; i < count; i++) {
    const mutated = mutate(good, listAt, random)
    writeFileSync(path, mutated)
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
