/**
 * The largest relative difference over the elements above 1e-3 of the largest; without vitest, for separate
 * processes.
 */
export function worstRelative(actual: Float32Array, expected: Float32Array): number {
  const least = 1e-3 * expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return expected.reduce((worst, value, index) => {
    if (Math.abs(value) <= least) return worst
    return Math.max(worst, Math.abs((actual[index] ?? Infinity) - value) / Math.abs(value))
  }, 0)
}
