import { expect, it } from 'vitest'
import {
  changeRecipe,
  parseClassScheme,
  recipes,
  trainingReportSchema,
  type Recipe,
} from '../../../../electron/contract/index.ts'
import { reportTraining } from '../../../../electron/engine/evaluation/training-report.ts'

const classes = parseClassScheme('Benign,Malignant*')
const recipe = changeRecipe(recipes['quick'] as Recipe, {
  folds: 2,
  crops: [
    { sizePx: 400, scale: 0.5 },
    { sizePx: 800, scale: 1 },
  ],
})
const image = (i: number) => ({
  name: `${i}.png`,
  sha256: String(i).repeat(64),
  caseName: i < 2 ? 'a' : null,
  fold: i % 2,
  truth: i < 2 ? 0 : 1,
})
const images = [0, 1, 2, 3].map(image)
const sure = (c: number): number[] => (c === 0 ? [0.9, 0.1] : [0.1, 0.9])

it('makes the table of the paper: a row for each constituent, the ensemble at the bottom', () => {
  // The first constituent is right except for image 3, the second except for image 0; together they are right.
  const first = [0, 0, 1, 0].map((c, i) => (i === 3 ? [0.55, 0.45] : sure(c)))
  const second = [1, 0, 1, 1].map((c, i) => (i === 0 ? [0.45, 0.55] : sure(c)))
  const fused = first.map((row, i) => row.map((p, c) => (p + (second[i]?.[c] ?? 0)) / 2))
  const report = reportTraining(images, fused, [first, second], { recipe, classes, warnings: ['w'] })
  expect(trainingReportSchema.parse(report)).toEqual(report)
  expect(report.table).toEqual({
    rows: [
      { encoder: 'resnet50', sizePx: 400, scale: 0.5, perFold: [100, 50], mean: 75, std: 25 },
      { encoder: 'resnet50', sizePx: 800, scale: 1, perFold: [50, 100], mean: 75, std: 25 },
    ],
    fusion: { perFold: [100, 100], mean: 100, std: 0 },
  })
  expect(report.evaluation).toMatchObject({ accuracy: 1, auc: 1, cases: 1, imagesWithoutCase: 2 })
  expect(report.predictions[2]).toMatchObject({ truth: 'Malignant', predicted: 'Malignant', fold: 0 })
  expect(report.predictions[2]?.carcinomaScore).toBeCloseTo(0.9, 12)
  expect(report.warnings).toEqual(['w'])
})

it('refuses predictions that are not those of the images or constituents', () => {
  const rows = images.map(({ truth }) => sure(truth))
  const report = (outOfFold: number[][], byConstituent: number[][][]) => () =>
    reportTraining(images, outOfFold, byConstituent, { recipe, classes, warnings: [] })
  expect(report(rows, [rows, rows])).not.toThrow()
  expect(report(rows.slice(1), [rows, rows])).toThrow(RangeError)
  expect(report(rows, [rows])).toThrow(RangeError)
  expect(report(rows, [rows, rows.slice(1)])).toThrow(RangeError)
})
