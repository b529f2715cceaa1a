import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { at, zip } from '../../base/arrays.ts'
import { mapWithConcurrency } from '../../base/concurrency.ts'
import { sha256 } from '../../base/sha256.ts'
import { AppError, hasCode } from '../../contract/index.ts'
import { Booster } from '../boosting/index.ts'
import type { Matrix } from '../descriptors/npy.ts'
import { populationStd } from '../evaluation/folds.ts'
import { meanOverRows, type EnsembleBooster } from './train-ensemble.ts'

/** Boosters in memory by the sha256 of their text, so that a batch reads each once. */
export class BoosterCache {
  readonly #boosters = new Map<string, Promise<Booster>>()

  /** @throws AppError `model.corrupt` */
  get(path: string, textSha256: string): Promise<Booster> {
    const known = this.#boosters.get(textSha256)
    if (known !== undefined) return known
    const loading = load(path, textSha256)
    this.#boosters.set(textSha256, loading)
    loading.catch(() => this.#boosters.delete(textSha256))
    return loading
  }

  /** Forgets every booster that is not among `wanted`: one model is in memory at a time. */
  async keepOnly(wanted: ReadonlySet<string>): Promise<void> {
    for (const [textSha256, loading] of this.#boosters) {
      if (wanted.has(textSha256)) continue
      this.#boosters.delete(textSha256)
      const booster = await loading.catch(() => null)
      booster?.close()
    }
  }
}

async function load(path: string, textSha256: string): Promise<Booster> {
  const corrupt = (reason: string, cause?: unknown): AppError =>
    new AppError('model.corrupt', { model: path, reason }, { cause })
  const text = await readFile(path).catch((error: unknown) => {
    throw corrupt('the booster cannot be read', error)
  })
  if (sha256(text) !== textSha256) throw corrupt('its text has changed')
  try {
    return await Booster.fromModelText(text.toString('utf8'))
  } catch (error) {
    throw hasCode(error, 'boosting.addon-missing') ? error : corrupt('LightGBM refuses it', error)
  }
}

export interface EnsemblePrediction {
  /** One for each class. */
  probabilities: number[]
  /** How many were asked. */
  boosters: number
  augmentations: number
  /** Class probabilities by each constituent alone. */
  byConstituent: number[][]
  /** Population standard deviation for each class; null with fewer than two. */
  spread: { boosters: number[] | null; augmentations: number[] | null }
}

/** A booster and where its text lies. */
export type StoredBooster = EnsembleBooster & { readonly path: string }

/** Those that may be asked about an image: all, or for an image of the training set those that never saw its fold. */
export const boostersFor = <B extends EnsembleBooster>(
  boosters: readonly B[],
  heldOutFold: number | null,
): B[] => boosters.filter((booster) => heldOutFold === null || booster.fold === heldOutFold)

interface PredictorOptions {
  /** The fold that held the image out, where it took part in training; null for a new image. */
  readonly heldOutFold: number | null
  readonly constituentCount: number
  readonly classCount: number
  readonly cache: BoosterCache
}

/**
 * What the boosters of a model say of one image. Class probabilities are the mean over boosters and augmentations within
 * each constituent, then over constituents, equal weights (docs/pipeline.md, section 11). An image that took part in training is
 * asked only of the boosters of the fold that left it out. Asked at once or one by one, the same augmentations give the same
 * prediction to the bit.
 */
export class EnsemblePredictor {
  readonly #setting: PredictorOptions
  /** By constituent, in the order of the model: what each booster said, augmentation by augmentation. */
  readonly #said: readonly { booster: StoredBooster; probabilities: number[] }[][]

  constructor(boosters: readonly StoredBooster[], setting: PredictorOptions) {
    const { constituentCount, heldOutFold } = setting
    const asked = boostersFor(boosters, heldOutFold)
    this.#setting = setting
    this.#said = Array.from({ length: constituentCount }, (_, constituent) =>
      asked
        .filter((booster) => booster.constituent === constituent)
        .map((booster) => ({ booster, probabilities: [] })),
    )
  }

  /**
   * Reads every booster that will be asked, a few more at once than there are cores, since a text is read and hashed
   * on one thread while others are taken apart: a model of the full protocol has hundreds of
   * megabytes of text, and what is wrong with it is said before hours of encoding. Throws AppError `model.corrupt`.
   */
  async load(): Promise<void> {
    await mapWithConcurrency(this.#said.flat(), availableParallelism() + 2, ({ booster }) =>
      this.#setting.cache.get(booster.path, booster.textSha256),
    )
  }

  /** @param tables for each constituent one row an augmentation; throws AppError `model.corrupt` */
  async predict(tables: readonly Matrix[]): Promise<void> {
    for (const [constituent, { data, rows }] of tables.entries()) {
      const members = at(this.#said, constituent)
      const said = await mapWithConcurrency(members, availableParallelism(), async ({ booster }) => {
        const loaded = await this.#setting.cache.get(booster.path, booster.textSha256)
        return loaded.predict(data, { rows, kind: 'probability' })
      })
      for (const [member, values] of zip(members, said)) member.probabilities.push(...values)
    }
  }

  /** Class probabilities of each augmentation so far: the mean over boosters, then over constituents. */
  byAugmentation(): Float64Array[] {
    const { classCount, constituentCount } = this.#setting
    const each: Float64Array[] = []
    for (const members of this.#said) {
      for (const { probabilities } of members) {
        probabilities.forEach((p, i) => {
          const own = (each[Math.floor(i / classCount)] ??= new Float64Array(classCount))
          own[i % classCount] = (own[i % classCount] ?? 0) + p / members.length / constituentCount
        })
      }
    }
    return each
  }

  prediction(): EnsemblePrediction {
    const { classCount, constituentCount } = this.#setting
    const byBooster: Float64Array[] = []
    const byConstituent = this.#said.map((members) => {
      const sum = new Float64Array(classCount)
      for (const { probabilities } of members) {
        const mean = meanOverRows(Float64Array.from(probabilities), classCount)
        byBooster.push(mean)
        mean.forEach((p, c) => (sum[c] = (sum[c] ?? 0) + p / members.length))
      }
      return sum
    })
    const byAugmentation = this.byAugmentation()
    return {
      probabilities: Array.from({ length: classCount }, (_, c) =>
        byConstituent.reduce((total, sum) => total + (sum[c] ?? 0) / constituentCount, 0),
      ),
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
    : Array.from({ length: classCount }, (_, c) => populationStd(rows.map((row) => row[c] ?? 0)))
