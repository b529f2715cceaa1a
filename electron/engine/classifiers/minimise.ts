import type { LogLoss } from './log-loss.ts'
import type { Pause } from './pause.ts'
import { addScaled, dot, norm } from './vectors.ts'

interface MinimiseOptions {
  readonly start: Float64Array
  /** Length of the gradient at the end, relative to that at parameters of 0. */
  readonly tolerance: number
  readonly pause: Pause
}

const maxSteps = 200
const maxHalvings = 50

/**
 * The parameters with the minimum loss. The objective is strictly convex in the weights, so there is one; the intercepts of
 * a softmax, which only count up to a constant, add up to 0.
 *
 * Newton's method; each step by conjugate gradients with the Hessian's diagonal as preconditioner (Nocedal and Wright,
 * Numerical Optimization, 2nd edition, algorithm 7.1). Sums are in a fixed order: the same rows give the same bits.
 */
export async function minimise(loss: LogLoss, options: MinimiseOptions): Promise<Float64Array> {
  const { start, tolerance, pause } = options
  let gradient = new Float64Array(loss.size)
  loss.evaluate(new Float64Array(loss.size), gradient)
  const first = norm(gradient)
  let parameters: Float64Array = Float64Array.from(start)
  let value = loss.evaluate(parameters, gradient)
  for (let step = 0; step < maxSteps; step++) {
    const length = norm(gradient)
    if (length <= tolerance * first) return withCentredIntercepts(parameters, loss)
    const direction = await solve(loss, gradient, Math.min(0.1, Math.sqrt(length / first)) * length, pause)
    const slope = dot(gradient, 0, direction, 0, loss.size)
    let isFound = false
    let share = 1
    for (let halving = 0; halving < maxHalvings && !isFound; halving++) {
      await pause()
      const trial = Float64Array.from(parameters)
      addScaled(trial, 0, direction, 0, loss.size, share)
      const trialGradient = new Float64Array(loss.size)
      const trialValue = loss.evaluate(trial, trialGradient)
      // Close to the minimum the value no longer changes but for rounding, and the gradient decides.
      const isLower = trialValue <= value + 1e-4 * share * slope
      const isFlat = Math.abs(trialValue - value) <= 1e-11 * Math.abs(value) && norm(trialGradient) < length
      if (isLower || isFlat) {
        parameters = trial
        gradient = trialGradient
        value = trialValue
        isFound = true
      }
      share /= 2
    }
    if (!isFound) break
  }
  throw new Error(
    `a logistic regression did not converge: its gradient is ${norm(gradient) / first} of the first`,
  )
}

/** The Newton direction, until the rest is `enough` or shorter. */
async function solve(
  loss: LogLoss,
  gradient: Float64Array,
  enough: number,
  pause: Pause,
): Promise<Float64Array> {
  const { size } = loss
  const inverse = loss.hessianDiagonal().map((value) => 1 / value)
  const direction = new Float64Array(size)
  const rest = gradient.map((value) => -value)
  const scaled = rest.map((value, i) => value * (inverse[i] ?? 0))
  const search = Float64Array.from(scaled)
  const product = new Float64Array(size)
  let energy = dot(rest, 0, scaled, 0, size)
  for (let round = 0; round < 2 * size + 10 && norm(rest) > enough; round++) {
    await pause()
    loss.hessianTimes(search, product)
    const curvature = dot(search, 0, product, 0, size)
    if (!(curvature > 0)) break
    const share = energy / curvature
    addScaled(direction, 0, search, 0, size, share)
    addScaled(rest, 0, product, 0, size, -share)
    for (let i = 0; i < size; i++) scaled[i] = (rest[i] ?? 0) * (inverse[i] ?? 0)
    const next = dot(rest, 0, scaled, 0, size)
    for (let i = 0; i < size; i++) search[i] = (scaled[i] ?? 0) + (next / energy) * (search[i] ?? 0)
    energy = next
  }
  return direction
}

function withCentredIntercepts(parameters: Float64Array, { outputs, size }: LogLoss): Float64Array {
  if (outputs === 1) return parameters
  const width = size / outputs
  let sum = 0
  for (let i = width - 1; i < size; i += width) sum += parameters[i] ?? 0
  return parameters.map((value, i) => ((i + 1) % width === 0 ? value - sum / outputs : value))
}
