/**
 * Largest leaf value, positive or negative. A leaf is added to a raw score, and the softmax takes e to the power of that
 * score, so that 40 already means certainty; LightGBM's own leaves are below 1000 even where a class has a single image. With this
 * bound no sum of trees leaves the range of float64.
 */
export const maxLeafValue = 1e6

/**
 * What a booster's text lacks to predict class probabilities, although LightGBM reads it; null: nothing. Without its
 * objective LightGBM gives raw scores in place of probabilities, and with `average_output` it divides them by the number
 * of trees. Every version of Lobule has written the objective.
 * @param text that LightGBM has accepted, so that its layout is known
 */
export function boosterTextProblem(text: string, classCount: number): string | null {
  const head = text.slice(0, text.indexOf('\n\n')).split('\n')
  const objective = `objective=multiclass num_class:${classCount}`
  if (!head.includes(objective)) return `it lacks the line "${objective}", so it does not give probabilities`
  if (head.some((line) => /^average_output(=|$)/.test(line))) return 'it averages its trees (average_output)'
  const name = '\nleaf_value='
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const from = at + name.length
    const values = text.slice(from, text.indexOf('\n', from)).split(' ')
    // Also true for what is not a number.
    const odd = values.find((value) => !(Math.abs(Number(value)) <= maxLeafValue))
    if (odd !== undefined) return `it has a leaf of ${odd}; leaves are at most ${maxLeafValue} in size`
  }
  return null
}
