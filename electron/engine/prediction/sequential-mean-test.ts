/** How much of what is left is staked on each draw, and the part of the first stake that is played so. */
const plays = [
  { stake: 1, part: 1 / 2 },
  { stake: 3 / 4, part: 1 / 6 },
  { stake: 1 / 2, part: 1 / 6 },
  { stake: 1 / 4, part: 1 / 6 },
] as const

/**
 * Evidence that the mean of a finite population of numbers is above zero, from its members drawn one after the
 * other in random order, after Waudby-Smith and Ramdas (2020, "Confidence sequences for sampling without
 * replacement"; 2024, "Estimating means of bounded random variables by betting", section 5).
 *
 * A game against the claim that the mean is zero or less. Were it zero, the mean of those not drawn yet would be
 * m = -(sum of those drawn) / (their number). Before each draw a stake c of what one has is bet on x > m: a draw
 * multiplies it by 1 - c + c (x - lowest) / (m - lowest). Under the claim no such game gains in the mean, so what one
 * has (`odds`, 1 at first) exceeds 1 / a at any time with probability at most a (Ville's inequality), however often
 * one looks and whatever the numbers are, as long as none is below `lowest`.
 */
export class SequentialMeanTest {
  readonly #population: number
  readonly #lowest: number
  readonly #worth: number[] = plays.map(({ part }) => part)
  #sum = 0
  #drawn = 0

  /** @param lowest what no member of the population is below; at most 0 */
  constructor(population: number, lowest: number) {
    if (!(Number.isInteger(population) && population > 0))
      throw new RangeError(`a population of ${population}`)
    if (!(lowest <= 0)) throw new RangeError(`a lowest value of ${lowest}`)
    this.#population = population
    this.#lowest = lowest
  }

  /** What the first stake of 1 has become; 0 or more. */
  get odds(): number {
    return this.#worth.reduce((sum, worth) => sum + worth, 0)
  }

  get sum(): number {
    return this.#sum
  }

  /** Whether the mean is above zero even if everything not drawn yet were the lowest value. */
  get isCertain(): boolean {
    return this.#sum + (this.#population - this.#drawn) * this.#lowest > 0
  }

  /**
   * Takes the next draw. `isRandom`: false for a member that was put first on purpose; it is counted, not bet on.
   * RangeError for more draws than members.
   */
  draw(value: number, isRandom = true): void {
    const left = this.#population - this.#drawn
    if (left === 0) throw new RangeError('the whole population was drawn')
    const meanOfTheRest = -this.#sum / left
    // At or below the lowest value the claim is as good as refuted; isCertain says so, and no bet is needed.
    if (isRandom && meanOfTheRest > this.#lowest) {
      // A value that rounding took below the lowest must not make debts.
      const gain = Math.max(0, value - this.#lowest) / (meanOfTheRest - this.#lowest)
      plays.forEach(({ stake }, play) => {
        this.#worth[play] = (this.#worth[play] ?? 0) * (1 - stake + stake * gain)
      })
    }
    this.#sum += value
    this.#drawn += 1
  }

  /** Whether the claim that the mean is zero or less is refuted, with a probability of error of at most `error`. */
  refutes(error: number): boolean {
    return this.isCertain || this.odds * error >= 1
  }
}
