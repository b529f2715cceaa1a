import { expect, it } from 'vitest'
import {
  parseClassScheme,
  verdictDetailsSchema,
  type TrainingReport,
} from '../../../../electron/contract/index.ts'
import { predictionDetails } from '../../../../electron/engine/prediction/prediction-details.ts'

const classes = parseClassScheme('Benign,Malignant*')
/** Ten rows per class and fold; fold 0 is uncertain, fold 1 is certain. */
const predictions = [0, 1].flatMap((fold) =>
  ['Benign', 'Malignant'].flatMap((truth) =>
    Array.from({ length: 10 }, (_, i) => {
      const own = fold === 0 ? 0.3 + i / 100 : 0.9 + i / 1000
      const probabilities =
        truth === 'Benign' ? { Benign: own, Malignant: 1 - own } : { Benign: 1 - own, Malignant: own }
      return {
        image: '',
        sha256: '',
        caseName: null,
        fold,
        truth,
        predicted: truth,
        carcinomaScore: null,
        probabilities,
      }
    }),
  ),
)
const training = {
  predictions,
  evaluation: {
    folds: ['0', '1'],
    calibration: [{ of: 'largest', temperature: 1, temperaturePerFold: [2, 0.5] }],
  },
} as unknown as TrainingReport
const prediction = {
  probabilities: [0.36, 0.64],
  boosters: 2,
  augmentations: 4,
  byConstituent: [
    [0.2, 0.8],
    [0.4, 0.6],
    [0.48, 0.52],
  ],
  spread: { boosters: [0.1, 0.1], augmentations: null },
}
const describeWith = (heldOutFold: number | null, threshold = 0.5) =>
  predictionDetails(prediction, {
    classes,
    encoders: ['resnet50', 'resnet50', 'vgg16'],
    training,
    heldOutFold,
    threshold,
    effort: { asked: 'adaptive', possible: 20, settledAt: 0.95 },
    likeness: { pValue: 0.25, distance: 0.5, images: 20 },
  })

it('gives all details of a new image from all out-of-fold predictions', () => {
  const details = describeWith(null)
  expect(verdictDetailsSchema.parse(details)).toEqual(details)
  // Temperature 1 changes nothing but the last bits.
  expect(details.calibrated['Malignant']).toBeCloseTo(0.64, 12)
  // 19th of 20 in descending order (rank ceil(21 x 0.9) = 19): 0.31 is needed.
  expect(details.predictionSet).toEqual({ level: 0.9, classes: ['Benign', 'Malignant'] })
  expect(details.spread).toEqual({ boosters: 0.1, augmentations: null })
  expect(details.byEncoder['resnet50']?.['Benign']).toBeCloseTo(0.3, 12)
  expect(details.byEncoder['vgg16']).toEqual({ Benign: 0.48, Malignant: 0.52 })
  expect(details).toMatchObject({
    augmentations: 4,
    effort: { asked: 'adaptive', possible: 20, settledAt: 0.95 },
    likeness: { pValue: 0.25, distance: 0.5, images: 20 },
    operatingPoint: { threshold: 0.5, isPositive: true },
  })
  expect(describeWith(null, 0.65).operatingPoint).toEqual({ threshold: 0.65, isPositive: false })
})

it('uses only the other folds for an image of the training set', () => {
  // Held out in fold 0: the certain rows of fold 1 require 0.9, so that no class is in the set.
  expect(describeWith(0).predictionSet.classes).toEqual([])
  expect(describeWith(1).predictionSet.classes).toEqual(['Benign', 'Malignant'])
  // p^(1/T): T = 2 flattens, T = 0.5 sharpens.
  const power = (t: number): number => 0.64 ** t / (0.64 ** t + 0.36 ** t)
  expect(describeWith(0).calibrated['Malignant']).toBeCloseTo(power(0.5), 12)
  expect(describeWith(1).calibrated['Malignant']).toBeCloseTo(power(2), 12)
})
