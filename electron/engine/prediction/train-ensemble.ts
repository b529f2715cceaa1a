import { availableParallelism } from 'node:os'
import { at, zip } from '../../base/arrays.ts'
import { mapWithConcurrency } from '../../base/concurrency.ts'
import type { ClassifierKind } from '../../contract/index.ts'
import { divisorsOf, membersOf, type MemberPlace } from '../recipe/members.ts'
import type { BoosterCheckpoint } from './booster-checkpoint.ts'
import { ConstituentTraining } from './constituent-training.ts'
import { heldOutBy, type EnsembleImage, type EnsembleOptions } from './member-training.ts'

/** A trained classifier of an ensemble: LightGBM's, or a logistic regression. */
export interface EnsembleBooster extends MemberPlace {
  /** Index of the constituent: one combination of encoder and crop set. */
  constituent: number
  textSha256: string
}

export interface TrainedEnsemble {
  /** Ordered by constituent, kind, seed, fold. */
  boosters: EnsembleBooster[]
  /** Class probabilities of each image: the mean over constituents, kinds, seeds and augmentations, with equal weights. */
  outOfFold: number[][]
  /** The same for each constituent alone, for the paper's Table 1. */
  outOfFoldByConstituent: number[][][]
}

/**
 * Trains one booster for each constituent, seed and fold, or one logistic regression for each constituent and fold, or
 * both, on the images outside the fold, and predicts the fold's images with it (paper section 2.5, docs/pipeline.md,
 * sections 9 and 11). Each classifier is saved to disk with its predictions before it counts as done, so a training that
 * was stopped resumes from these checkpoints and gives the same bits.
 * @throws AppError `descriptors.invalid-file`, `path.*`, `job.cancelled`
 */
export async function trainEnsemble(
  images: readonly EnsembleImage[],
  options: EnsembleOptions,
): Promise<TrainedEnsemble> {
  const { constituentCount, classCount, report } = options
  const parallel = options.parallel ?? availableParallelism()
  const members = membersOf(options)
  const boosters: EnsembleBooster[] = []
  const outOfFoldByConstituent: number[][][] = []
  const progress = countProgress(constituentCount * members.length, report)
  for (let constituent = 0; constituent < constituentCount; constituent++) {
    const training = await ConstituentTraining.open(images, options, constituent)
    const { rowSize } = training
    const work = async (
      member: MemberPlace,
    ): Promise<{ member: MemberPlace; held: number[]; checkpoint: BoosterCheckpoint }> => {
      const share = progress.begin()
      const { checkpoint } = await training.train(member, share)
      share(1)
      return { member, held: heldOutBy(member, images), checkpoint }
    }
    const sums = new Map(members.map(({ kind }) => [kind, images.map(() => new Float64Array(classCount))]))
    try {
      // A subset of the bins is in memory only while its booster is trained. The results are added in a fixed
      // order, so that the order in which they finish does not affect the last bit.
      for (const { member, held, checkpoint } of await mapWithConcurrency(members, parallel, work)) {
        boosters.push({ ...member, constituent, textSha256: checkpoint.textSha256 })
        held.forEach((image, i) => {
          const own = checkpoint.heldOut.subarray(i * rowSize, (i + 1) * rowSize)
          const sum = at(sums.get(member.kind) ?? [], image)
          meanOverRows(own, classCount).forEach((p, c) => {
            sum[c] = at(sum, c) + p
          })
        })
      }
    } finally {
      await training.close()
    }
    outOfFoldByConstituent.push(images.map((_, image) => meanOverKinds(sums, members, image)))
  }
  const outOfFold = images.map((_, image) =>
    Array.from({ length: classCount }, (_p, c) => {
      const each = outOfFoldByConstituent.map((rows) => at(at(rows, image), c))
      return each.reduce((sum, p) => sum + p, 0) / constituentCount
    }),
  )
  return { boosters, outOfFold, outOfFoldByConstituent }
}

/** The mean of an image's class probabilities, from their sums over the members of each kind that predicted it. */
function meanOverKinds(
  sums: ReadonlyMap<ClassifierKind, readonly Float64Array[]>,
  members: readonly MemberPlace[],
  image: number,
): number[] {
  const ofFold = members.filter(({ fold }) => fold === 0)
  const divisors = new Map(zip(ofFold, divisorsOf(ofFold)).map(([{ kind }, divisor]) => [kind, divisor]))
  return [...sums]
    .map(([kind, rows]) => Array.from(at(rows, image), (value) => value / (divisors.get(kind) ?? NaN)))
    .reduce((total, own) => zip(total, own).map(([a, b]) => a + b))
}

/** The mean of each column of a table of class probabilities. */
export function meanOverRows(values: Float64Array, classCount: number): Float64Array {
  const rows = values.length / classCount
  const mean = new Float64Array(classCount)
  values.forEach((p, i) => {
    mean[i % classCount] = (mean[i % classCount] ?? 0) + p / rows
  })
  return mean
}

/** Sums up finished items and the shares of those in progress. */
function countProgress(
  total: number,
  report: (done: number, total: number) => void,
): { begin: () => (share: number) => void } {
  const inProgress = new Set<{ share: number }>()
  let finished = 0
  const reportProgress = (): void =>
    report(
      [...inProgress].reduce((sum, { share }) => sum + share, finished),
      total,
    )
  reportProgress()
  return {
    begin: () => {
      const item = { share: 0 }
      inProgress.add(item)
      return (share) => {
        item.share = share
        if (share === 1 && inProgress.delete(item)) finished++
        reportProgress()
      }
    },
  }
}
