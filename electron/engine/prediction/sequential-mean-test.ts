import { at } from '../../base/arrays.ts'

/**
 * Betting strategies that run side by side: `stake` is the share of the wealth that is bet on each draw, `part` the share
 * of the initial wealth that follows this strategy.
 */
const strategies = [
  { stake: 1, part: 1 / 2 },
  { stake: 3 / 4, part: 1 / 6 },
  { stake: 1 / 2, part: 1 / 6 },
  { stake: 1 / 4, part: 1 / 6 },
] as const

/**
 * A sequential test of whether the mean of a finite population of numbers is above zero. Its members are drawn one by
 * one in random order. After Waudby-Smith and Ramdas (2020, "Confidence sequences for sampling without replacement";
 * 2024, "Estimating means of bounded random variables by betting", section 5).
 *
 * The test bets against the null hypothesis that the mean is zero or less. If the mean were zero, the members not drawn
 * yet would have the mean m = -(sum of drawn members) / (number of members left). Before each draw a share c of the wealth
 * is bet on x > m: a draw multiplies the wealth by 1 - c + c (x - minimum) / (m - minimum). Under the null hypothesis no
 * such bet has a positive expected gain. So the wealth, which starts at 1, ever exceeds 1 / a with probability at most a
 * (Ville's inequality), no matter how often it is checked and what the numbers are, as long as none is below `minimum`.
 */
export class SequentialMeanTest {
  readonly #population: number
  readonly #minimum: number
  readonly #wealth: number[] = strategies.map(({ part }) => part)
  #sum = 0
  #drawn = 0

  /** @param minimum lower bound of all members of the population; at most 0 */
  constructor(population: number, minimum: number) {
    if (!(Number.isInteger(population) && population > 0))
      throw new RangeError(`a population of ${population} members`)
    if (!(minimum <= 0)) throw new RangeError(`a minimum of ${minimum}, above 0`)
    this.#population = population
    this.#minimum = minimum
  }

  /** The wealth, 1 at the start; 0 or more. */
  get wealth(): number {
    return this.#wealth.reduce((sum, wealth) => sum + wealth, 0)
  }

  get sum(): number {
    return this.#sum
  }

  /** Whether the mean is above zero even if all members not drawn yet had the minimum value. */
  get isCertain(): boolean {
    return this.#sum + (this.#population - this.#drawn) * this.#minimum > 0
  }

  /**
   * Adds the next member. `isRandom`: false for a member that was put first on purpose; it is counted, but not bet on.
   * @throws RangeError if the whole population was drawn already
   */
  draw(value: number, isRandom = true): void {
    const left = this.#population - this.#drawn
    if (left === 0) throw new RangeError('the whole population was drawn')
    const meanOfRest = -this.#sum / left
    // At or below the minimum the null hypothesis is practically refuted: isCertain covers it, and no bet is needed.
    if (isRandom && meanOfRest > this.#minimum) {
      // Clamp: rounding may put a value slightly below the minimum.
      const gain = Math.max(0, value - this.#minimum) / (meanOfRest - this.#minimum)
      strategies.forEach(({ stake }, strategy) => {
        this.#wealth[strategy] = at(this.#wealth, strategy) * (1 - stake + stake * gain)
      })
    }
    this.#sum += value
    this.#drawn += 1
  }

  /** Whether the null hypothesis (mean of zero or less) is rejected, with an error probability of at most `error`. */
  rejects(error: number): boolean {
    return this.isCertain || this.wealth * error >= 1
  }
}
