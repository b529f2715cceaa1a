import { availableParallelism } from 'node:os'
import { at, zip } from '../../base/arrays.ts'
import { mapWithConcurrency } from '../../base/concurrency.ts'
import { openClassifier, type Classifier } from '../classifiers/index.ts'
import type { Matrix } from '../descriptors/npy.ts'
import { populationStd } from '../evaluation/folds.ts'
import { divisorsOf } from '../recipe/members.ts'
import { requireProbabilities } from './require-probabilities.ts'
import { meanOverRows, type EnsembleBooster } from './train-ensemble.ts'

/** Keeps classifiers in memory by the SHA-256 of their text, so that a batch reads each once. */
export class BoosterCache {
  readonly #boosters = new Map<string, Promise<Classifier>>()

  /** @throws AppError `model.corrupt` */
  get(path: string, textSha256: string): Promise<Classifier> {
    const known = this.#boosters.get(textSha256)
    if (known !== undefined) return known
    const loading = openClassifier(path, textSha256)
    this.#boosters.set(textSha256, loading)
    loading.catch(() => this.#boosters.delete(textSha256))
    return loading
  }

  /** Closes every booster that is not in `wanted`, so that only one model is in memory at a time. */
  async keepOnly(wanted: ReadonlySet<string>): Promise<void> {
    for (const [textSha256, loading] of this.#boosters) {
      if (wanted.has(textSha256)) continue
      this.#boosters.delete(textSha256)
      const booster = await loading.catch(() => null)
      booster?.close()
    }
  }
}

export interface EnsemblePrediction {
  /** One per class. */
  probabilities: number[]
  /** Number of boosters that predicted. */
  boosters: number
  augmentations: number
  /** Class probabilities from each constituent alone. */
  byConstituent: number[][]
  /** Population standard deviation per class; null with fewer than two boosters or augmentations. */
  spread: { boosters: number[] | null; augmentations: number[] | null }
}

/** A classifier and the path of its text. */
export type StoredBooster = EnsembleBooster & { readonly path: string }

/** The boosters that may predict an image: all; for an image of the training set, those of the fold that held it out. */
export const boostersFor = <B extends EnsembleBooster>(
  boosters: readonly B[],
  heldOutFold: number | null,
): B[] => boosters.filter((booster) => heldOutFold === null || booster.fold === heldOutFold)

interface Member {
  readonly booster: StoredBooster
  /** What its probabilities are divided by in the mean (`divisorsOf`). */
  readonly divisor: number
  readonly probabilities: number[]
}

interface PredictorOptions {
  /** The fold that held the image out of training; null for an image outside the training set. */
  readonly heldOutFold: number | null
  readonly constituentCount: number
  readonly classCount: number
  readonly cache: BoosterCache
}

/**
 * Predicts one image with the boosters of a model. Class probabilities are the mean over augmentations and the
 * classifiers of each kind, then over kinds, then over constituents, with equal weights (docs/pipeline.md, section 11). An image of the training set
 * is predicted only by the boosters of the fold that held it out. The same augmentations give the same prediction to the
 * bit, whether they are added together or one by one.
 */
export class EnsemblePredictor {
  readonly #setting: PredictorOptions
  /** By constituent, in the order of the model: each booster with its probabilities, augmentation by augmentation. */
  readonly #members: readonly Member[][]

  constructor(boosters: readonly StoredBooster[], setting: PredictorOptions) {
    const { constituentCount, heldOutFold } = setting
    const suitable = boostersFor(boosters, heldOutFold)
    this.#setting = setting
    this.#members = Array.from({ length: constituentCount }, (_, constituent) => {
      const own = suitable.filter((booster) => booster.constituent === constituent)
      return zip(own, divisorsOf(own)).map(([booster, divisor]) => ({ booster, divisor, probabilities: [] }))
    })
  }

  /**
   * Loads every booster before the first prediction, so that a damaged model is reported before hours of encoding. Loads
   * a few more at the same time than there are cores, because one thread reads and hashes a text while others parse
   * theirs: a model of the full protocol has hundreds of megabytes of text.
   * @throws AppError `model.corrupt`
   */
  async load(): Promise<void> {
    await mapWithConcurrency(this.#members.flat(), availableParallelism() + 2, ({ booster }) =>
      this.#setting.cache.get(booster.path, booster.textSha256),
    )
  }

  /**
   * Predicts further augmentations and keeps their probabilities.
   * @param tables one per constituent, with one row per augmentation
   * @throws AppError `model.corrupt`
   */
  async predict(tables: readonly Matrix[]): Promise<void> {
    for (const [constituent, { data, rows }] of tables.entries()) {
      const members = at(this.#members, constituent)
      const predicted = await mapWithConcurrency(members, availableParallelism(), async ({ booster }) => {
        const loaded = await this.#setting.cache.get(booster.path, booster.textSha256)
        const values = await loaded.predict(data, rows)
        requireProbabilities(values, this.#setting.classCount, booster.path)
        return values
      })
      for (const [member, values] of zip(members, predicted)) member.probabilities.push(...values)
    }
  }

  /** Class probabilities of each augmentation so far: the mean over classifiers, then over constituents. */
  byAugmentation(): Float64Array[] {
    const { classCount, constituentCount } = this.#setting
    const each: Float64Array[] = []
    for (const members of this.#members) {
      for (const { probabilities, divisor } of members) {
        probabilities.forEach((p, i) => {
          const own = (each[Math.floor(i / classCount)] ??= new Float64Array(classCount))
          own[i % classCount] = (own[i % classCount] ?? 0) + p / divisor / constituentCount
        })
      }
    }
    return each
  }

  /** The prediction from all augmentations so far. @throws AppError `model.corrupt` */
  prediction(): EnsemblePrediction {
    const { classCount, constituentCount } = this.#setting
    const byBooster: Float64Array[] = []
    const byConstituent = this.#members.map((members) => {
      const sum = new Float64Array(classCount)
      for (const { probabilities, divisor } of members) {
        const mean = meanOverRows(Float64Array.from(probabilities), classCount)
        byBooster.push(mean)
        mean.forEach((p, c) => (sum[c] = at(sum, c) + p / divisor))
      }
      return sum
    })
    const byAugmentation = this.byAugmentation()
    const probabilities = Array.from({ length: classCount }, (_, c) =>
      byConstituent.reduce((total, sum) => total + at(sum, c) / constituentCount, 0),
    )
    // A constituent without boosters would leave its share out.
    requireProbabilities(
      probabilities,
      classCount,
      this.#members.flat()[0]?.booster.path ?? 'without boosters',
    )
    return {
      probabilities,
      boosters: byBooster.length,
      augmentations: byAugmentation.length,
      byConstituent: byConstituent.map((sum) => Array.from(sum)),
      spread: {
        boosters: spreadOf(byBooster, classCount),
        augmentations: spreadOf(byAugmentation, classCount),
      },
    }
  }
}

const spreadOf = (rows: readonly Float64Array[], classCount: number): number[] | null =>
  rows.length < 2
    ? null
    : Array.from({ length: classCount }, (_, c) => populationStd(rows.map((row) => at(row, c))))
