import { AppError } from '../../contract/errors.ts'

/**
 * How far the sum of a row may be from 1. LightGBM's softmax divides float64 values by their sum, so the rounding errors
 * of even 1000 classes add up to less than 1e-12; no score that is shown or compared has as many digits as this.
 */
export const sumTolerance = 1e-9

/** Why values are not class probabilities, row after row; null if they are. */
export function probabilityProblem(values: ArrayLike<number>, classCount: number): string | null {
  if (values.length % classCount !== 0) return `it gives ${values.length} values for ${classCount} classes`
  for (let from = 0; from < values.length; from += classCount) {
    let sum = 0
    for (let i = from; i < from + classCount; i++) {
      const value = values[i] ?? NaN
      // A mean may be a rounding error above 1. Also false for NaN.
      if (!(value >= 0 && value <= 1 + sumTolerance)) return `it gives ${value} as a probability`
      sum += value
    }
    if (!(Math.abs(sum - 1) <= sumTolerance)) return `its class probabilities add up to ${sum}, not 1`
  }
  return null
}

/**
 * Refuses what a damaged or foreign booster gives in place of class probabilities: such numbers have no largest class.
 * @param values row after row, one value per class
 * @param booster the path of its text, for the message
 * @throws AppError `model.corrupt`
 */
export function requireProbabilities(values: ArrayLike<number>, classCount: number, booster: string): void {
  const reason = probabilityProblem(values, classCount)
  if (reason !== null) throw new AppError('model.corrupt', { model: booster, reason })
}
