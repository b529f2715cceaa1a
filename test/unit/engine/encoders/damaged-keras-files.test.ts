import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { hasCode } from '../../../../electron/contract/index.ts'
import { readKerasWeights, isHdf5 } from '../../../../electron/engine/encoders/keras-file.ts'
import { untrainedWeights } from '../../../../electron/engine/encoders/untrained-weights.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { temporaryFolder, writeKerasFile } from './helpers.ts'
import { tinyNetwork } from './made-up-network.ts'

/** Files of a folder that this process keeps open. Windows says it itself: it does not remove the folder. */
const openFiles = (folder: string): string[] =>
  process.platform === 'linux'
    ? readdirSync('/proc/self/fd').flatMap((fd) => {
        const target = existsSync(`/proc/self/fd/${fd}`) ? readlinkSync(`/proc/self/fd/${fd}`) : ''
        return target.startsWith(folder) ? [target] : []
      })
    : []

/** By hand with more: LOBULE_MUTATIONS=10000. */
const mutations = Number(process.env['LOBULE_MUTATIONS'] ?? 400)

it(`${mutations} damaged weight files are read, or refused as invalid: never an unexpected error`, async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'sound.h5')
  const network = tinyNetwork()
  await writeKerasFile(path, network, untrainedWeights(network))
  const sound = readFileSync(path)
  const random = keyedGenerator('damaged weights')
  const weights = await readKerasWeights(path, network)
  const damaged = join(folder, 'damaged.h5')
  let refused = 0
  for (let round = 0; round < mutations; round++) {
    const bytes = Buffer.from(sound)
    for (let k = random.nextInteger(6); k >= 0; k--) {
      const at = random.nextInteger(bytes.length)
      if (random.nextBoolean()) bytes[at] = random.nextInteger(256)
      else bytes.fill(random.nextInteger(256), at, Math.min(bytes.length, at + random.nextInteger(64)))
    }
    writeFileSync(damaged, bytes)
    await readKerasWeights(damaged, network).catch((error: unknown) => {
      refused++
      expect(error, `round ${round}`).toSatisfy((thrown) => hasCode(thrown, 'encoder.invalid-file'))
    })
  }
  expect(refused).toBeGreaterThan(mutations / 20)
  expect(openFiles(folder)).toEqual([])
  // A sound one in its place is read.
  writeFileSync(damaged, sound)
  expect(await readKerasWeights(damaged, network)).toEqual(weights)
})

it.skipIf(process.platform === 'win32')('a pipe and a folder are refused unopened', async () => {
  const folder = await temporaryFolder()
  execFileSync('mkfifo', [join(folder, 'pipe.h5')])
  for (const path of [join(folder, 'pipe.h5'), folder]) {
    await expect(isHdf5(path)).rejects.toMatchObject({ code: 'path.unreadable' })
  }
})
