import { at, zip } from '../../base/arrays.ts'
import { clippedLog } from './calibration.ts'

const minTemperature = 0.05
const maxTemperature = 20

/**
 * Class probabilities after temperature scaling, softmax(log p / T): sharper for T below 1, flatter above. The order of
 * the classes does not change, and the sum is 1. Probabilities are clipped below at 1e-12. Returns a new array.
 * @param temperature above 0
 */
export function applyTemperature(probabilities: ArrayLike<number>, temperature: number): number[] {
  return softmax(Array.from(probabilities, clippedLog), 1 / temperature)
}

function softmax(logs: readonly number[], sharpness: number): number[] {
  const highest = Math.max(...logs)
  const powers = logs.map((log) => Math.exp(sharpness * (log - highest)))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map((power) => power / total)
}

/**
 * The temperature with the minimum mean negative log likelihood of the truth, 0.05..20. It is a bound of that range if
 * the likelihood still grows there, for example if every row is right.
 *
 * Source: Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017, section
 * 4.2, with log-probabilities (clipped at 1e-12) in place of logits. With s = 1 / T the loss is convex: its
 * slope, mean(E_s[log p] - log p_truth), never falls, and its curvature is mean(Var_s[log p]). The root of
 * the slope is found by Newton steps inside a shrinking bracket; a step that leaves it is replaced by
 * bisection. If all temperatures give the same likelihood (all classes equally probable), it is 1.
 * @param probabilities one row per image, at least one
 */
export function fitTemperature(
  probabilities: readonly ArrayLike<number>[],
  truth: readonly number[],
): number {
  // Relative to the true class, so that the small slope of a confident and right row is not lost to rounding.
  const rows = zip(probabilities, truth).map(([row, label]) => {
    const ownLog = clippedLog(at(row, label))
    return Array.from(row, (probability) => clippedLog(probability) - ownLog)
  })
  const slopeAt = (sharpness: number): { slope: number; curvature: number } => {
    let slope = 0
    let curvature = 0
    for (const row of rows) {
      const weights = softmax(row, sharpness)
      const mean = row.reduce((sum, log, c) => sum + (weights[c] ?? 0) * log, 0)
      slope += mean
      curvature += row.reduce((sum, log, c) => sum + (weights[c] ?? 0) * (log - mean) ** 2, 0)
    }
    return { slope: slope / rows.length, curvature: curvature / rows.length }
  }

  let low = 1 / maxTemperature
  let high = 1 / minTemperature
  if (slopeAt(low).slope > 0) return maxTemperature
  if (slopeAt(high).slope < 0) return minTemperature
  let sharpness = 1
  // Bisection alone would need 60 rounds to the last bit.
  for (let round = 0; round < 100; round++) {
    const { slope, curvature } = slopeAt(sharpness)
    if (slope === 0) break
    if (slope < 0) low = sharpness
    else high = sharpness
    const newton = sharpness - slope / curvature
    const next = newton > low && newton < high ? newton : (low + high) / 2
    // Steps of a few units in the last place are rounding errors of the slope.
    if (Math.abs(next - sharpness) <= 4 * Number.EPSILON * sharpness) break
    sharpness = next
  }
  return 1 / sharpness
}
