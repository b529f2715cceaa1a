import { expect, it } from 'vitest'
import {
  AppError,
  changeRecipe,
  parseRecipeChanges,
  recipeOrigin,
  recipes,
  recipeSchema,
  type Recipe,
} from '../../../electron/contract/index.ts'
import { recipeFingerprint } from '../../../electron/engine/recipe/fingerprint.ts'

const recipeNamed = (name: string): Recipe => recipes[name] ?? ({} as Recipe)
const boosters = ({ encoders, crops, folds, seeds }: Recipe): number =>
  encoders.length * crops.sets.length * folds * seeds

it('has the named recipes with their numbers of boosters (docs/pipeline.md, section 0)', () => {
  expect(Object.values(recipes).map((recipe) => [recipe.name, boosters(recipe)])).toEqual([
    ['starter', 10],
    ['quick', 5],
    ['desk', 120],
    ['standard', 300],
    ['paper', 600],
  ])
  for (const recipe of Object.values(recipes)) expect(recipeSchema.parse(recipe)).toEqual(recipe)
  // Both classifiers where cases are few; the paper's recipes stay as they are.
  expect(Object.values(recipes).map(({ classifier }) => classifier)).toEqual([
    'both',
    ...Object.keys(recipes)
      .slice(1)
      .map(() => undefined),
  ])
  expect(recipeNamed('desk')).toMatchObject({ mode: 'dense', augmentation: { count: 20 } })
})

it('reads settings from texts', () => {
  const changes = parseRecipeChanges([
    'folds=3',
    'encoders=resnet50, vgg16',
    'crops=400,800@1',
    'mode=crops',
    'seed=0',
  ])
  expect(changes).toEqual({
    folds: 3,
    encoders: ['resnet50', 'vgg16'],
    crops: [
      { sizePx: 400, scale: 0.5 },
      { sizePx: 800, scale: 1 },
    ],
    mode: 'crops',
    seed: 0,
  })
  const changed = changeRecipe(recipeNamed('quick'), changes)
  expect(changed).toMatchObject({ folds: 3, seeds: 1, encoders: ['resnet50', 'vgg16'], mode: 'crops' })
  // The same content as the paper's own sets, to the bit, or descriptors would be made twice.
  expect(changed.crops.sets).toEqual([recipeNamed('paper').crops.sets[0], recipeNamed('paper').crops.sets[2]])
  expect(changed.name).toBe(
    'quick, changed: folds=3 encoders=resnet50,vgg16 mode=crops crops=400,800@1 seed=0',
  )
})

it('changes the classifier, and knows one way to say LightGBM, whose fingerprints stay', () => {
  const quick = recipeNamed('quick')
  const both = changeRecipe(quick, parseRecipeChanges(['classifier=both']))
  expect(both).toMatchObject({ classifier: 'both', name: 'quick, changed: classifier=both' })
  expect(recipeFingerprint(both)).not.toBe(recipeFingerprint(quick))
  expect(changeRecipe(both, { folds: 3 }).classifier).toBe('both')
  const back = changeRecipe(both, { classifier: 'lightgbm' })
  expect(back).not.toHaveProperty('classifier')
  expect(recipeFingerprint(back)).toBe(recipeFingerprint(quick))
  expect(() => parseRecipeChanges(['classifier=forest'])).toThrow(/classifier/)
})

it('leaves colour profiles out, and knows one way to say it, whose fingerprints stay', () => {
  const quick = recipeNamed('quick')
  const file = changeRecipe(quick, parseRecipeChanges(['colour=file']))
  expect(file.name).toBe('quick, changed: colour=file')
  expect(file).not.toHaveProperty('colour')
  expect(recipeFingerprint(changeRecipe(file, { colour: 'srgb' }))).toBe(recipeFingerprint(quick))
  expect(recipeOrigin(file)).toEqual({ recipeName: 'quick', changes: { colour: 'file' } })
  expect(() => parseRecipeChanges(['colour=p3'])).toThrow(/colour/)
})

it('leaves a recipe alone without changes, and is not changed itself', () => {
  const quick = recipeNamed('quick')
  expect(changeRecipe(quick, parseRecipeChanges([]))).toBe(quick)
  const before = structuredClone(quick)
  changeRecipe(quick, { folds: 9 })
  expect(quick).toEqual(before)
})

it('refuses unknown or invalid settings and names the known ones', () => {
  const code = (...texts: string[]): [string, string] | null => {
    try {
      changeRecipe(recipeNamed('quick'), parseRecipeChanges(texts))
      return null
    } catch (error) {
      return error instanceof AppError ? [error.code, error.message] : ['other', String(error)]
    }
  }
  expect(code('depth=3')).toEqual([
    'recipe.unknown-setting',
    expect.stringContaining('Known settings: folds, seeds, augmentations, encoders, mode, crops'),
  ])
  for (const text of [
    'folds',
    'folds=',
    'folds=1',
    'folds=2.5',
    'folds=x',
    'mode=fast',
    'encoders=Alex_Net',
  ]) {
    expect(code(text)?.[0], text).toBe('recipe.invalid')
  }
  for (const text of ['crops=400@', 'crops=16', 'crops=400,400', 'encoders=vgg16,vgg16', 'encoders=']) {
    expect(code(text)?.[0], text).toBe('recipe.invalid')
  }
  expect(code('folds=3', 'folds=4')?.[0]).toBe('recipe.invalid')
})
