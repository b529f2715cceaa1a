import { expect, it } from 'vitest'
import { recipes, type Recipe } from '../../../../electron/contract/index.ts'
import { descriptorFingerprint, recipeFingerprint } from '../../../../electron/engine/recipe/fingerprint.ts'

const quick = recipes['quick'] as Recipe
const set = quick.crops.sets[0] ?? { sizePx: 0, workingPixelSizeUm: null, scale: 1 }

it('refuses values that JSON cannot distinguish', () => {
  expect(() => recipeFingerprint({ ...quick, seed: NaN })).toThrow(RangeError)
})

it('identifies a recipe by its content, not its name or the order of its keys', () => {
  const reversed = Object.fromEntries(Object.entries(quick).toReversed()) as Recipe
  expect(recipeFingerprint({ ...reversed, name: 'other' })).toBe(recipeFingerprint(quick))
  expect(recipeFingerprint({ ...quick, seed: 1 })).not.toBe(recipeFingerprint(quick))
})

it('lets recipes that differ in folds and boosting share descriptors, and no others', () => {
  const of = (recipe: Recipe, weights = 'w'): string =>
    descriptorFingerprint(recipe, set, 'resnet50', weights)
  expect(of({ ...quick, folds: 7, seeds: 3, boosting: { ...quick.boosting, rounds: 1 } })).toBe(of(quick))
  expect(of({ ...quick, mode: 'crops' })).not.toBe(of(quick))
  expect(of(quick, 'v')).not.toBe(of(quick))
})
