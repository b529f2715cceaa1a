import { at } from '../../base/arrays.ts'
import { argmax } from '../evaluation/accuracy.ts'
import { SequentialMeanTest } from './sequential-mean-test.ts'

/** The confidence that the prediction after stopping agrees with that of all augmentations. */
export const stoppingConfidence = 0.95

export interface StoppingOptions {
  /** Number of augmentations of the recipe. */
  population: number
  /** Whether each class counts as carcinoma. */
  isPositive: readonly boolean[]
  /** Operating point: the threshold of the carcinoma score, 0..1. */
  threshold: number
  /** Whether the first augmentation keeps the colours instead of being drawn at random. */
  firstIsIdentity: boolean
  /** Default: `stoppingConfidence`. */
  confidence?: number
}

/**
 * Decides when the prediction from the first augmentations of an image is settled: with the given confidence, all
 * augmentations together would give the same suggested class and the same side of the operating point.
 *
 * Each augmentation gives one probability per class (the mean over constituents and boosters), and the prediction from all
 * augmentations is their mean. So "class s ranks above class c" is a statement about the mean of p_s - p_c over a finite
 * population. "The score is at or above t" is one about (1 - t) p_positive - t p_negative, since c / (c + n) >= t exactly
 * if (1 - t) c >= t n. The augmentations are drawn independently, so their order is random, and `SequentialMeanTest` tells
 * when to accept each statement, at any moment and for any distribution.
 *
 * Half of the allowed error goes to the class and half to the side; all of it goes to the class if there is no side.
 * The class is settled when the leading class ranks above every other class, each tested at the class's error divided by
 * the number of other classes: a wrong class s is accepted only if the false statement "s ranks above the true class" is,
 * and there are that many s. The side is settled as positive when one positive class ranks above all negative classes,
 * tested at the side's error divided by the number of positive classes; as negative the other way round.
 */
export class StoppingRule {
  readonly #options: StoppingOptions
  /** For each class: the tests that it ranks above each other class; null for itself. */
  readonly #before: (SequentialMeanTest | null)[][]
  /** For each pair of a positive and a negative class: the test that their score is above the threshold. */
  readonly #above: SequentialMeanTest[][]
  /** For each pair of a negative and a positive class: the test that their score is below the threshold. */
  readonly #below: SequentialMeanTest[][]
  readonly #sums: number[]
  #count = 0

  constructor(options: StoppingOptions) {
    const { isPositive, population, threshold } = options
    this.#options = options
    this.#sums = isPositive.map(() => 0)
    this.#before = isPositive.map((_, s) =>
      isPositive.map((_other, c) => (s === c ? null : new SequentialMeanTest(population, -1))),
    )
    const [positive, negative] = this.#sides()
    this.#above = positive.map(() => negative.map(() => new SequentialMeanTest(population, -threshold)))
    this.#below = negative.map(() => positive.map(() => new SequentialMeanTest(population, threshold - 1)))
  }

  /**
   * Adds the class probabilities of the next augmentation.
   * @throws RangeError if all augmentations of the recipe were added already
   */
  add(probabilities: ArrayLike<number>): void {
    const { threshold, firstIsIdentity } = this.#options
    const isRandom = this.#count > 0 || !firstIsIdentity
    const of = (index: number): number => at(probabilities, index)
    this.#before.forEach((row, s) => row.forEach((test, c) => test?.draw(of(s) - of(c), isRandom)))
    const [positive, negative] = this.#sides()
    positive.forEach((c, i) =>
      negative.forEach((n, j) => {
        const margin = (1 - threshold) * of(c) - threshold * of(n)
        at(at(this.#above, i), j).draw(margin, isRandom)
        at(at(this.#below, j), i).draw(-margin, isRandom)
      }),
    )
    this.#sums.forEach((sum, c) => (this.#sums[c] = sum + of(c)))
    this.#count += 1
  }

  /** Whether, with the given confidence, the remaining augmentations would change neither class nor side. */
  get isSettled(): boolean {
    const { population, confidence = stoppingConfidence } = this.#options
    if (this.#count === population) return true
    const hasSides = this.#above.length > 0 && this.#below.length > 0
    const error = (1 - confidence) / (hasSides ? 2 : 1)
    return this.#isClassSettled(error) && (!hasSides || this.#isSideSettled(error))
  }

  #isClassSettled(error: number): boolean {
    const others = this.#sums.length - 1
    const leading = at(this.#before, argmax(this.#sums))
    return leading.every((test) => test === null || test.rejects(error / others))
  }

  #isSideSettled(error: number): boolean {
    const oneOf = (rows: readonly SequentialMeanTest[][]): boolean =>
      rows.some((row) => row.every((test) => test.rejects(error / rows.length)))
    return oneOf(this.#above) || oneOf(this.#below)
  }

  /** Indices of the positive classes and of the negative ones. */
  #sides(): [number[], number[]] {
    const { isPositive } = this.#options
    const indices = [...isPositive.keys()]
    return [indices.filter((c) => isPositive[c]), indices.filter((c) => isPositive[c] !== true)]
  }
}
