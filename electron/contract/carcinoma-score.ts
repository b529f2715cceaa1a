/**
 * The carcinoma score of the published system: c / (c + n), where c is the largest probability of a positive
 * class and n the largest of a negative one (docs/pipeline.md, section 11). 0..1; null unless both kinds of class exist.
 * @param probabilities one for each class
 * @param isPositive whether each class counts as carcinoma
 */
export function carcinomaScore(
  probabilities: ArrayLike<number>,
  isPositive: readonly boolean[],
): number | null {
  const largestOf = (positive: boolean): number =>
    isPositive.reduce((best, p, c) => (p === positive ? Math.max(best, probabilities[c] ?? 0) : best), -1)
  const positive = largestOf(true)
  const negative = largestOf(false)
  if (positive < 0 || negative < 0) return null
  return positive + negative === 0 ? 0.5 : positive / (positive + negative)
}
