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

/** Of versions in which no recipe converted colours. */
const earlier = {
  starter: 'be3881cf4a2c569558fae74e0261527af0846aa0e9bdc7f5eb32b9fe9211b638',
  quick: '5652f8f90e98a1e640d3599ba2f8aad517ed6fa7dfd71ae772d2a24ad5a915ef',
  desk: 'c93d438a03a2fc18d99a8ab05d8599308682f6881e94a2e261d9ed9da3087742',
  standard: 'cb588f8a1009b20fc2b19d38b6e5c1b988b7ecceffcbf83c417ef300e2e9c6f6',
  paper: '633c54e547dace26eb5776d60c38f5d95bc564f7c20426db64b2f2425c6f989c',
}

it.each(Object.entries(earlier))(
  'keeps the fingerprint of %s without conversion to sRGB',
  (name, expected) => {
    const { colour, ...recipe } = recipes[name] as Recipe
    expect(colour).toBe('srgb')
    expect(recipeFingerprint(recipe)).toBe(expected)
    expect(recipeFingerprint({ ...recipe, colour })).not.toBe(expected)
  },
)

it('keeps descriptors with and without conversion to sRGB apart', () => {
  const { colour: _, ...before } = quick
  const of = (recipe: Recipe): string => descriptorFingerprint(recipe, set, 'resnet50', 'w')
  expect(of(before)).toBe('0bd9b3b3df57962b83ed723061afa4a0e009843e0158516f350a81e27865e53d')
  expect(of(quick)).not.toBe(of(before))
})
