import type { BackendChoice } from '../contract/index.ts'
import type { OpenEncoders } from '../engine/encoders/index.ts'
import { heatMapOverlay, writeExplanation } from '../engine/verdict/heat-map-picture.ts'
import { makeHeatMap } from '../engine/verdict/heat-map.ts'
import { makeReference, measureLikeness, ReferenceCache } from '../engine/verdict/likeness-reference.ts'
import { BoosterCache, type StoredBooster } from '../engine/verdict/predict-ensemble.ts'
import { predictStepwise } from '../engine/verdict/predict-stepwise.ts'
import type { TaskHandlers } from '../jobs/compute-protocol.ts'
import type { VerdictTasks } from '../jobs/verdict-tasks.ts'

const cache = new BoosterCache()
const references = new ReferenceCache()

/** One model is in memory at a time. */
const keepOnly = (asked: readonly StoredBooster[]): Promise<void> =>
  cache.keepOnly(new Set(asked.map((booster) => booster.textSha256)))

export const verdictTaskHandlers = (
  encodersOf: (homeDirectory: string, backend: BackendChoice) => OpenEncoders,
): Pick<TaskHandlers, keyof VerdictTasks> => ({
  predict: async ({ image, boosters, reference, ...task }, { signal, report }) => {
    await keepOnly(boosters)
    const { homeDirectory, backend, ...request } = image
    const encoders = encodersOf(homeDirectory, backend)
    const { signature, ...predicted } = await predictStepwise({
      ...task,
      image: { ...request, encoders, signal, onProgress: report },
      boosters,
      cache,
      signatureAugmentations: reference?.reference.augmentations,
    })
    return { ...predicted, likeness: await measureLikeness(signature, reference, references) }
  },
  makeReference: (task, { signal }) => makeReference(task, signal),
  heatMap: async ({ homeDirectory, boosters, ...task }, { signal, report }) => {
    await keepOnly(boosters)
    const encoders = encodersOf(homeDirectory, 'auto')
    return makeHeatMap({ ...task, boosters, cache, encoders, signal, onProgress: report })
  },
  heatMapOverlay: ({ plane, ...image }) => heatMapOverlay(plane, image),
  writeExplanation: async (task, { signal }) => {
    await writeExplanation(task, signal)
    return {}
  },
})
