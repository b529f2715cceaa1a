import { expect, it } from 'vitest'
import {
  changeRecipe,
  hasCode,
  nearestSize,
  ownRecipe,
  recipeOrigin,
  recipes,
  recipesWith,
  termsOf,
  withOwnEncoders,
  type EncoderView,
  type InputSize,
  type OwnEncoderView,
} from '../../../electron/contract/index.ts'
import { descriptorFingerprint } from '../../../electron/engine/recipe/fingerprint.ts'

const own = (name: string, size: InputSize, isDense = false): OwnEncoderView => ({
  encoder: {
    name,
    title: name.toUpperCase(),
    revision: '1',
    fingerprint: 'a'.repeat(64),
    length: 8,
    isVerified: true,
    trainedOn: [],
    licence: {
      name: 'MIT',
      url: null,
      commercialUse: 'yes',
      derivedModels: 'forbidden',
      redistribution: 'ask',
      attribution: 'Its maker.',
    },
  },
  citation: 'c',
  trainedOn: { text: 't', dataSets: [] },
  size,
  isDense,
  pixelSizeUm: 0.5,
  stain: 'none',
  augmentations: 1,
  probeCosine: 1,
})
const fixed = own('fixed', { fixedPx: 224 })
const small = own('small', { multipleOf: 14, minPx: 28, maxPx: 518 }, true)
const large = own('large', { multipleOf: 16, minPx: 32, maxPx: 4096 }, true)
const installed = [fixed, small, large].map((view): Pick<EncoderView, 'name' | 'source' | 'own'> => ({
  name: view.encoder.name,
  source: 'own',
  own: view,
}))

it('each encoder has a recipe of its own size, without a stain step, with one augmentation', () => {
  expect(ownRecipe(fixed)).toMatchObject({
    name: 'fixed',
    mode: 'tiles',
    stainStep: 'none',
    augmentation: { count: 1, firstIsIdentity: true },
    crops: { sets: [{ sizePx: 224, workingPixelSizeUm: 0.5, scale: 0.84 }] },
    classifier: 'logistic',
    own: [fixed.encoder],
  })
  // A whole field does not fit into 518 pixels, and does into 4096.
  expect(ownRecipe(small)).toMatchObject({ mode: 'tiles', crops: { sets: [{ sizePx: 224 }] } })
  expect(ownRecipe(large)).toMatchObject({ mode: 'dense', crops: { sets: [{ sizePx: 448 }] } })
  expect(nearestSize({ multipleOf: 14, minPx: 30, maxPx: 100 }, 20)).toBe(42)
})

it('a recipe with an encoder that cannot take its crops is refused with what would fit', () => {
  const reasonOf = (mode: 'crops' | 'dense', encoder: string): string => {
    try {
      withOwnEncoders(changeRecipe({ ...recipes.standard, mode }, { encoders: [encoder] }), installed)
    } catch (error) {
      if (hasCode(error, 'recipe.invalid', 'encoder.missing')) return error.message
      throw error
    }
    return 'fits'
  }
  expect(reasonOf('dense', 'fixed')).toContain('fixed size of 224 pixels and no dense mode')
  expect(reasonOf('dense', 'small')).toBe('fits')
  expect(reasonOf('crops', 'small')).toContain('does not take crops of 400 pixels; 392 would fit')
  expect(reasonOf('crops', 'other')).toContain('The encoder other is not installed')
})

it('a changed recipe keeps what is known of its encoders, and its origin; earlier recipes keep their descriptors', () => {
  const known = recipesWith(installed)
  const changed = withOwnEncoders(changeRecipe(ownRecipe(fixed), { folds: 3 }), installed)
  expect(changed.own).toEqual([fixed.encoder])
  expect(recipeOrigin(changed, known)).toEqual({ recipeName: 'fixed', changes: { folds: 3 } })
  expect(termsOf(changed).terms?.[0]).toContain('Models trained on it: not allowed to be passed on.')
  expect(termsOf(recipes.standard)).toEqual({})
  // Of the version before own encoders.
  const { colour: _, ...standard } = recipes.standard
  const [set] = standard.crops.sets
  if (set === undefined) throw new Error('no crops')
  const before = descriptorFingerprint(standard, set, 'vgg16', 'f'.repeat(64))
  const plain = descriptorFingerprint({ ...standard, stainStep: 'none' }, set, 'vgg16', 'f'.repeat(64))
  expect(before).toBe('3bc59d12d75b6823442fd7196eb20fa1031b05438ddad2c47f744ed19179df1b')
  expect(plain).not.toBe(before)
})
