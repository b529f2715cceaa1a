import { clippedLog } from './calibration.ts'

const lowestTemperature = 0.05
const highestTemperature = 20

/**
 * Class probabilities after temperature scaling, softmax(log p / T): sharper below 1, flatter above, the same
 * order of classes, adding up to 1. Probabilities are clipped below at 1e-12. A new array.
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
 * The temperature that makes the probabilities of the truth as large as can be (least mean negative log
 * likelihood), 0.05..20; an end of that range where the likelihood grows beyond it, as when every row is
 * right.
 *
 * Source: Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017, section
 * 4.2, with log-probabilities (clipped at 1e-12) in place of logits. With s = 1 / T the loss is convex: its
 * slope, mean(E_s[log p] - log p_truth), never falls, and its curvature is mean(Var_s[log p]). The root of
 * the slope is found by Newton steps inside a shrinking bracket; a step that leaves it is replaced by
 * bisection. Where every temperature does alike (all classes equally probable), it is 1.
 * @param probabilities one row for each image, at least one
 */
export function fitTemperature(
  probabilities: readonly ArrayLike<number>[],
  truth: readonly number[],
): number {
  // Against the truth's own, so that the slope of a sure and right row is small and not rounded away.
  const rows = probabilities.map((row, i) => {
    const ownLog = clippedLog(row[truth[i] ?? 0] ?? 0)
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

  let low = 1 / highestTemperature
  let high = 1 / lowestTemperature
  if (slopeAt(low).slope > 0) return highestTemperature
  if (slopeAt(high).slope < 0) return lowestTemperature
  let sharpness = 1
  // Bisection alone would need 60 rounds to the last bit.
  for (let round = 0; round < 100; round++) {
    const { slope, curvature } = slopeAt(sharpness)
    if (slope === 0) break
    if (slope < 0) low = sharpness
    else high = sharpness
    const newton = sharpness - slope / curvature
    const next = newton > low && newton < high ? newton : (low + high) / 2
    // Steps of a few units in the last place are the slope's own rounding.
    if (Math.abs(next - sharpness) <= 4 * Number.EPSILON * sharpness) break
    sharpness = next
  }
  return 1 / sharpness
}
