import { expect, it } from 'vitest'
import { explainAll, explanationOf } from '../../../electron/report/explanations.ts'

it.each([
  ['Accuracy', /how often the suggested class was the label/],
  ['Fold 3', /by classifiers that were trained on the other folds only/],
  ['Sets of 2', /a prediction set with so many classes/],
  ['Area under the curve 0.833.', /0\.5 is guessing/],
  ['Prediction set (90%)', /the model’s report shows how often they did/],
  ['Operating point 0.33', /the side of it/],
  ['At 0.50', /counts as carcinoma/],
  ['By vgg16', /this encoder alone/],
])('knows what "%s" means', (label, sentence) => {
  expect(explanationOf(label)).toMatch(sentence)
})

it('knows nothing of other words', () => {
  for (const label of ['', 'Recipe', 'toString', 'Fold x', 'Software'])
    expect(explanationOf(label)).toBeNull()
})

it('lists each figure once, whatever number is in its words', () => {
  const names = explainAll(['Fold 1', 'Fold 2', 'Software', 'AUC', 'Area under the curve 0.8.']).map(
    ([name]) => name,
  )
  expect(names).toEqual(['Fold', 'AUC'])
})
