import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { hasCode, recipes, type Recipe } from '../../../electron/contract/index.ts'
import { writeNpy } from '../../../electron/engine/descriptors/index.ts'
import { keyedGenerator } from '../../../electron/engine/random/index.ts'
import type { TrainedEnsemble } from '../../../electron/engine/prediction/train-ensemble.ts'
import type { TaskInput } from '../../../electron/compute/tasks.ts'
import { killableCompute } from '../../support/killable-compute.ts'
import { temporaryFolder } from '../../unit/engine/encoders/helpers.ts'

// LOBULE_KILLS=20 for the long run; kill-training.test.ts kills the whole program, from images on.
const kills = Number(process.env['LOBULE_KILLS'] ?? 3)
const script = fileURLToPath(new URL('../../../out/main/compute.js', import.meta.url))
const [images, augmentations, columns, folds, seeds] = [40, 2, 96, 4, 4]
const boosterCount = 2 * folds * seeds

/** Descriptor files that depend slightly on the class. */
async function describe(directory: string): Promise<TaskInput<'train'>['images']> {
  const random = keyedGenerator('kill-training')
  const tasks: TaskInput<'train'>['images'] = []
  for (let image = 0; image < images; image++) {
    const files = [0, 1].map((constituent) => join(directory, `${image}-${constituent}.npy`))
    for (const file of files) {
      const data = Float32Array.from(
        { length: augmentations * columns },
        (_, k) => random.nextFloat() + (k % 7 === 0 ? 0.4 * (image % 2) : 0),
      )
      await writeNpy(file, { rows: augmentations, columns, data })
    }
    tasks.push({ files, classIndex: image % 2, fold: (image >> 1) % folds, group: image })
  }
  return tasks
}

/** Finished boosters with the time at which each was written. */
async function units(directory: string): Promise<Map<string, number>> {
  const names = await readdir(join(directory, 'units')).catch(() => [])
  const found = new Map<string, number>()
  for (const name of names.filter((file) => file.endsWith('.json'))) {
    found.set(name, (await stat(join(directory, 'units', name))).mtimeMs)
  }
  return found
}

async function texts(directory: string): Promise<Map<string, string>> {
  const names = (await readdir(directory)).filter((file) => file.endsWith('.txt')).sort()
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(directory, name), 'utf8')] as const),
    ),
  )
}

test(
  `kill -9 at ${kills} random moments of a training: no booster lost or trained twice, the same bits`,
  { timeout: 900_000 + kills * 60_000 },
  async () => {
    const home = await temporaryFolder()
    const { compute, kill } = killableCompute(script)
    await mkdir(join(home, 'descriptors'))
    const tasks = await describe(join(home, 'descriptors'))
    const { boosting } = recipes['quick'] as Recipe
    /** null: it was killed. `onReport` gets the amount done, rounds of running boosters included. */
    const train = async (
      directory: string,
      onReport: (done: number) => void = () => undefined,
    ): Promise<TrainedEnsemble | null> => {
      const options = {
        constituentCount: 2,
        classCount: 2,
        folds,
        seeds,
        boosting: { ...boosting, rounds: 60, min_data_in_leaf: 2 },
        directory,
      }
      try {
        return await compute.run('train', { images: tasks, options }, { onProgress: onReport })
      } catch (error) {
        if (!hasCode(error, 'compute.crashed')) throw error
        return null
      }
    }

    const undisturbed = join(home, 'undisturbed')
    const expected = await train(undisturbed)
    expect(expected?.boosters).toHaveLength(boosterCount)
    const expectedTexts = await texts(undisturbed)

    const random = keyedGenerator(`kills of a training ${Date.now()}`)
    const reached: number[] = []
    let directory = join(home, 'disturbed-0')
    let before = await units(directory)
    while (reached.length < kills) {
      // Somewhere in the remaining work, between rounds as well as between boosters.
      const killAt = before.size + random.nextFloat() * (boosterCount - before.size)
      const trained = await train(directory, (done) => {
        if (done >= killAt) kill()
      })
      const now = await units(directory)
      expect([...before].filter(([name, writtenAt]) => now.get(name) !== writtenAt)).toEqual([])
      if (trained === null) reached.push(now.size)
      before = now
      // Killed often enough to be nearly done, or faster than the kill: then the rest, and once from the beginning.
      if (trained === null && now.size < 0.8 * boosterCount) continue
      expect(trained ?? (await train(directory))).toEqual(expected)
      expect(await texts(directory)).toEqual(expectedTexts)
      directory = join(home, `disturbed-${reached.length}`)
      before = await units(directory)
    }
    expect(await train(directory)).toEqual(expected)
    expect(await texts(directory)).toEqual(expectedTexts)
    console.warn(`killed with ${reached.join(', ')} of ${boosterCount} boosters finished`)
    compute.close()
  },
)
