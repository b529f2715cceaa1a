import { availableParallelism } from 'node:os'
import { mapWithConcurrency } from '../../base/concurrency.ts'
import { membersOf, type MemberPlace } from '../recipe/members.ts'
import { ConstituentTraining } from './constituent-training.ts'
import type { EnsembleImage, EnsembleOptions } from './member-training.ts'

/** A classifier of an ensemble, by its place in the order of training: constituent by constituent, then as `membersOf`. */
export interface EnsembleUnit extends MemberPlace {
  readonly index: number
  readonly constituent: number
}

/** All classifiers of an ensemble, in the order of training. */
export function unitsOf(
  options: Pick<EnsembleOptions, 'constituentCount' | 'classifier' | 'seeds' | 'folds'>,
): EnsembleUnit[] {
  const members = membersOf(options)
  return Array.from({ length: options.constituentCount }, (_, constituent) =>
    members.map((member, i) => ({ ...member, constituent, index: constituent * members.length + i })),
  ).flat()
}

export interface TrainedUnit {
  readonly index: number
  /** Names its checkpoint. */
  readonly key: string
  readonly textSha256: string
  readonly ms: number
}

/**
 * Trains some classifiers of an ensemble, each saved before it counts as done, as `trainEnsemble` saves all of them: a training
 * with the same images and options finds them.
 * @param wanted places in the order of training
 * @param during `isStopping`: whether to begin no further one; those in work are finished. `onTrained` may be called out of order.
 * @throws AppError as ConstituentTraining
 */
export async function trainUnits(
  images: readonly EnsembleImage[],
  options: EnsembleOptions,
  wanted: readonly number[],
  during: { readonly isStopping: () => boolean; readonly onTrained: (unit: TrainedUnit) => Promise<void> },
): Promise<void> {
  const own = new Set(wanted)
  const units = unitsOf(options).filter(({ index }) => own.has(index))
  for (const [constituent, members] of Map.groupBy(units, (unit) => unit.constituent)) {
    if (during.isStopping()) return
    const training = await ConstituentTraining.open(images, options, constituent)
    try {
      await mapWithConcurrency(members, options.parallel ?? availableParallelism(), async (unit) => {
        if (during.isStopping()) return
        const startedAt = performance.now()
        const { key, checkpoint } = await training.train(unit, () => undefined)
        const ms = performance.now() - startedAt
        await during.onTrained({ index: unit.index, key, textSha256: checkpoint.textSha256, ms })
      })
    } finally {
      await training.close()
    }
  }
}
