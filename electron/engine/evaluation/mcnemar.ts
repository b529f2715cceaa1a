/**
 * McNemar's exact test for two models on the same images: the probability, if both were equally good, that the images
 * that only one of them got right split as unevenly as they did, or more. Two-sided binomial test with probability 1/2.
 *
 * McNemar, "Note on the sampling error of the difference between correlated proportions or percentages", Psychometrika
 * 12 (1947). It takes the images as independent; images of one case are not, so the interval by case comes first.
 * @param onlyFirst images that only the first got right, a whole number
 * @param onlySecond the same of the second
 * @returns 0..1; 1 if no image tells them apart
 */
export function mcNemar(onlyFirst: number, onlySecond: number): number {
  const trials = onlyFirst + onlySecond
  const tail = Math.min(onlyFirst, onlySecond)
  // The terms of the binomial from k = 0 on, each from the one before, in logarithms: 2 ** -trials would underflow.
  let logTerm = -trials * Math.LN2
  let sum = 0
  for (let k = 0; k <= tail; k++) {
    sum += Math.exp(logTerm)
    logTerm += Math.log(trials - k) - Math.log(k + 1)
  }
  return Math.min(1, 2 * sum)
}
