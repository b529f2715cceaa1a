import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  changeRecipe,
  parseClassScheme,
  recipes,
  type Recipe,
  type TrainingReport,
} from '../../../../electron/contract/index.ts'
import { reportTraining } from '../../../../electron/engine/evaluation/training-report.ts'
import { decideOnCandidate, listedFigures } from '../../../../electron/features/models/candidate.ts'
import { createWorkspace, insertModel, modelInUse, type Store } from '../../../../electron/store/index.ts'
import { newModel } from '../../../support/rows.ts'

const classes = parseClassScheme('Benign,Malignant*')
const recipe = changeRecipe(recipes['quick'] as Recipe, { folds: 2 })

/** 24 images of 12 cases, half of each class; those of the first `wrong` cases are predicted wrongly. */
function reportWith(wrong: number): TrainingReport {
  const images = Array.from({ length: 24 }, (_, i) => ({
    name: `${i}.png`,
    sha256: i.toString(16).padStart(2, '0').repeat(32),
    caseName: `case ${i >> 1}`,
    fold: (i >> 1) % 2,
    truth: (i >> 2) % 2,
  }))
  const probabilities = images.map(({ truth }, i) =>
    (i >> 1 < wrong ? 1 - truth : truth) === 0 ? [0.9, 0.1] : [0.1, 0.9],
  )
  return reportTraining(images, probabilities, [probabilities], { recipe, classes, warnings: [] })
}

let root: string
let store: Store
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-candidate-'))
  store = createWorkspace(join(root, 'w'), classes, 'test')
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

it('knows of each stored model whether it is better than guessing, as the decision on it did', () => {
  const { database } = store
  const insert = (name: string, wrong: number): number =>
    insertModel(database, newModel(classes, { name, report: reportWith(wrong) }))
  // Half of the cases wrong is what guessing reaches.
  const guessing = insert('guessing', 6)
  expect(listedFigures(database, guessing).isBetterThanGuessing).toBe(false)
  expect(decideOnCandidate(database, 'guessing', 'if-first').inUse).toBe(false)
  const sure = insert('sure', 0)
  expect(listedFigures(database, sure)).toEqual({
    accuracyInterval: { low: 1, high: 1, over: 'case' },
    isBetterThanGuessing: true,
  })
  expect(decideOnCandidate(database, 'sure', 'if-first').inUse).toBe(true)
  expect(modelInUse(database)?.id).toBe(sure)
  const old = insertModel(database, newModel(classes, { name: 'without a report' }))
  expect(listedFigures(database, old)).toEqual({ accuracyInterval: null, isBetterThanGuessing: null })
})
