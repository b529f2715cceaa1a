import { argmax } from '../evaluation/accuracy.ts'
import { SequentialMeanTest } from './sequential-mean-test.ts'

/** With which an answer that is settled would be that of all augmentations. */
export const stoppingConfidence = 0.95

export interface Question {
  /** Augmentations of the recipe. */
  population: number
  /** Whether each class counts as carcinoma. */
  isPositive: readonly boolean[]
  /** Operating point of the two-class score, 0..1. */
  threshold: number
  /** Whether the first augmentation is not drawn at random but keeps the colours. */
  firstIsIdentity: boolean
  /** Default: `stoppingConfidence`. */
  confidence?: number
}

/**
 * Whether the answer after the first augmentations of an image is settled: the suggested class of all of them, and
 * the side of the operating point, would be the same with the given confidence.
 *
 * An augmentation says one probability for each class (the mean over constituents and boosters); the verdict of all
 * is their mean. So "class s comes before class c" is a statement about the mean of p_s - p_c over a finite population, and
 * "the score is at or above t" one about (1 - t) p_positive - t p_negative, since c / (c + n) >= t where
 * (1 - t) c >= t n. The augmentations are drawn independently, so that their order is random; `SequentialMeanTest` says
 * when each statement may be taken as true, at any moment and for any distribution.
 *
 * Half of the allowed error goes to the class and half to the side (all to the class where there is no side).
 * The class is settled when the leading one comes before every other one, each at the class's error over the number of
 * others: a wrong class s needs the one false statement "s before the true one" to pass, and there are that many s. The side is
 * settled as positive when one positive class stands above all negative ones, at its error over the number of
 * positive classes; as negative the other way round.
 */
export class StoppingRule {
  readonly #question: Question
  /** For each class, that it comes before each other one; null for itself. */
  readonly #before: (SequentialMeanTest | null)[][]
  /** For each positive class, and each negative one, that the score is above the threshold by these two. */
  readonly #above: SequentialMeanTest[][]
  /** For each negative class, and each positive one, that it is below. */
  readonly #below: SequentialMeanTest[][]
  readonly #sums: number[]
  #seen = 0

  constructor(question: Question) {
    const { isPositive, population, threshold } = question
    this.#question = question
    this.#sums = isPositive.map(() => 0)
    this.#before = isPositive.map((_, s) =>
      isPositive.map((_other, c) => (s === c ? null : new SequentialMeanTest(population, -1))),
    )
    const [positive, negative] = this.#sides()
    this.#above = positive.map(() => negative.map(() => new SequentialMeanTest(population, -threshold)))
    this.#below = negative.map(() => positive.map(() => new SequentialMeanTest(population, threshold - 1)))
  }

  /** Takes the class probabilities of the next augmentation. RangeError for more than there are. */
  add(probabilities: ArrayLike<number>): void {
    const { threshold, firstIsIdentity } = this.#question
    const isRandom = this.#seen > 0 || !firstIsIdentity
    const of = (index: number): number => probabilities[index] ?? 0
    this.#before.forEach((row, s) => row.forEach((evidence, c) => evidence?.draw(of(s) - of(c), isRandom)))
    const [positive, negative] = this.#sides()
    positive.forEach((c, i) =>
      negative.forEach((n, j) => {
        const margin = (1 - threshold) * of(c) - threshold * of(n)
        this.#above[i]?.[j]?.draw(margin, isRandom)
        this.#below[j]?.[i]?.draw(-margin, isRandom)
      }),
    )
    this.#sums.forEach((sum, c) => (this.#sums[c] = sum + of(c)))
    this.#seen += 1
  }

  /** Whether nothing that is still to come would change class or side, with the confidence asked for. */
  get isSettled(): boolean {
    const { population, confidence = stoppingConfidence } = this.#question
    if (this.#seen === population) return true
    const hasSides = this.#above.length > 0 && this.#below.length > 0
    const error = (1 - confidence) / (hasSides ? 2 : 1)
    return this.#isClassSettled(error) && (!hasSides || this.#isSideSettled(error))
  }

  #isClassSettled(error: number): boolean {
    const others = this.#sums.length - 1
    const leading = this.#before[argmax(this.#sums)] ?? []
    return leading.every((evidence) => evidence === null || evidence.refutes(error / others))
  }

  #isSideSettled(error: number): boolean {
    const oneOf = (rows: readonly SequentialMeanTest[][]): boolean =>
      rows.some((row) => row.every((evidence) => evidence.refutes(error / rows.length)))
    return oneOf(this.#above) || oneOf(this.#below)
  }

  /** Indices of the positive classes and of the negative ones. */
  #sides(): [number[], number[]] {
    const { isPositive } = this.#question
    const indices = [...isPositive.keys()]
    return [indices.filter((c) => isPositive[c]), indices.filter((c) => isPositive[c] !== true)]
  }
}
