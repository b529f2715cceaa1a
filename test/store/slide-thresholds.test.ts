import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { slideAlgorithm } from '../../electron/contract/index.ts'
import {
  insertSlideThreshold,
  newestSlideThreshold,
  openWorkspace,
  readSlideThreshold,
  SlideSuggestions,
  type NewSlideThreshold,
} from '../../electron/store/index.ts'
import { oldImage, oldWorkspace } from '../support/old-workspace.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-thresholds-'))))
afterEach(() => rmSync(root, { recursive: true }))

/** A model of format 21. */
const model = `
  INSERT INTO recipes (fingerprint, name, content) VALUES ('${'a'.repeat(64)}', 'quick', '{}');
  INSERT INTO models (name, recipe_fingerprint, weights, encoder_fingerprints, classes, cases, grouped_by,
    images_without_case, accuracy, fold_accuracies, duration_ms, software, created_at)
  VALUES ('m', '${'a'.repeat(64)}', 'untrained', '{}', '[{"name":"A","isPositive":true}]', 1, 'case', 0, 0.5, '[]', 1,
    '{}', '2026-01-01T00:00:00.000Z');`

const share = { value: 1, low: 0.7, high: 1 }
const learned: NewSlideThreshold = {
  threshold: 0.25,
  slides: 2,
  cases: 2,
  positive: { slides: 1, cases: 1 },
  negative: { slides: 1, cases: 1 },
  leftOut: { locked: 0, unlabelled: 1, withoutCase: 0, trained: 0 },
  outOfFold: {
    truePositives: 1,
    falseNegatives: 0,
    trueNegatives: 1,
    falsePositives: 0,
    sensitivity: share,
    specificity: share,
  },
  algorithm: slideAlgorithm,
  synthetic: false,
  caseList: [
    {
      caseName: 'K1',
      threshold: 0.4,
      slides: [{ sha256: 'b'.repeat(64), mapSha256: 'c'.repeat(64), share: 0.3, isPositive: true }],
    },
    {
      caseName: 'K2',
      threshold: 0.2,
      slides: [{ sha256: 'd'.repeat(64), mapSha256: 'e'.repeat(64), share: 0, isPositive: false }],
    },
  ],
}

it('0022 adds thresholds for slides, which are only added; the last one of a model counts', () => {
  const store = openWorkspace(oldWorkspace(root, 21, oldImage(1) + model), 'test')
  const { database } = store
  expect(newestSlideThreshold(database, 1)).toBeNull()
  const first = insertSlideThreshold(database, 1, learned)
  const second = insertSlideThreshold(database, 1, { ...learned, threshold: 0.5 })
  // The same slides with the same labels.
  expect(second.inputsSha256).toBe(first.inputsSha256)
  const { caseList, ...figures } = learned
  expect(readSlideThreshold(database, 1)).toEqual({ ...second, ...figures, threshold: 0.5, modelName: 'm' })
  expect(newestSlideThreshold(database, 1)).toMatchObject({ id: second.id, caseList })
  expect(readSlideThreshold(database, 2)).toBeNull()
  for (const change of ['UPDATE slide_thresholds SET id = id', 'DELETE FROM slide_thresholds'])
    expect(() => database.prepare(change).run(), change).toThrow(/append-only/)
  store.close()
})

/** An analysis of today's versions. */
const now = (share: number | null) => ({ share, algorithm: slideAlgorithm })

it('suggests nothing where areas were counted otherwise than those that the threshold was learned on', () => {
  const store = openWorkspace(oldWorkspace(root, 21, oldImage(1) + model), 'test')
  const { database } = store
  const other = { id: 1, sha256: 'f'.repeat(64), caseName: 'K3', outOfFold: false }
  const suggested = (algorithm: number | null) =>
    new SlideSuggestions(database).of(other, 1, { share: 0.3, algorithm })
  const none = { isPositive: null, whyNone: 'other-algorithm', share: 0.3, threshold: 0.25 }
  insertSlideThreshold(database, 1, learned)
  expect(suggested(slideAlgorithm)).toMatchObject({ isPositive: true, whyNone: null })
  expect(suggested(slideAlgorithm - 1)).toMatchObject(none)
  expect(suggested(null)).toMatchObject(none)
  // A threshold of the version that first counted slides of older ones, and one of versions before.
  const { algorithm: _, ...unsaid } = learned
  insertSlideThreshold(database, 1, { ...unsaid, leftOut: { ...unsaid.leftOut, older: 0 } })
  expect([3, slideAlgorithm, null].map((one) => suggested(one)?.isPositive)).toEqual([true, null, null])
  // How that one counted is not known, and neither is how an analysis without a number did: they need not be the same.
  insertSlideThreshold(database, 1, unsaid)
  expect([3, slideAlgorithm, null].map((one) => suggested(one)?.whyNone)).toEqual([
    'other-algorithm',
    'other-algorithm',
    'other-algorithm',
  ])
  store.close()
})

it('judges a slide of a case that the threshold was learned on by the threshold of the other cases', () => {
  const store = openWorkspace(oldWorkspace(root, 21, oldImage(1) + model), 'test')
  const { database } = store
  insertSlideThreshold(database, 1, learned)
  const suggestions = new SlideSuggestions(database)
  const other = { id: 1, sha256: 'f'.repeat(64), caseName: 'K3', outOfFold: false }
  expect(suggestions.of(other, 1, now(0.3))).toMatchObject({
    isPositive: true,
    threshold: 0.25,
    isOutOfFold: false,
  })
  // At the threshold is on the side of carcinoma.
  expect(suggestions.of(other, 1, now(0.25))?.isPositive).toBe(true)
  expect(suggestions.of(other, 1, now(0.249))?.isPositive).toBe(false)
  const held = { isPositive: false, threshold: 0.4, isOutOfFold: true }
  expect(suggestions.of({ ...other, caseName: 'K1' }, 1, now(0.3))).toMatchObject(held)
  // Also after it was moved to another case, or out of all.
  expect(suggestions.of({ ...other, sha256: 'b'.repeat(64), caseName: null }, 1, now(0.3))).toMatchObject(
    held,
  )
  expect(suggestions.of({ ...other, caseName: null }, 1, now(0.3))?.isOutOfFold).toBe(false)
  expect(suggestions.of(other, 1, now(null))).toBeNull()
  expect(suggestions.of(other, 2, now(0.3))).toBeNull()
  store.close()
})
