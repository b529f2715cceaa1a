import { expect, it } from 'vitest'
import {
  parseClassScheme,
  recipes,
  type ImageView,
  type Recipe,
} from '../../../../electron/contract/index.ts'
import {
  assignFolds,
  assignFoldsWithout,
  classesOf,
  warningsOf,
} from '../../../../electron/features/models/assign-folds.ts'

const classes = parseClassScheme('Benign,Malignant*')
const recipe = { ...(recipes['quick'] as Recipe), folds: 2 }
/** Two images per case, four cases per class. */
const images = (caseOf: (i: number) => string | null): ImageView[] =>
  Array.from({ length: 16 }, (_, i) => {
    const label = { className: i < 8 ? 'Benign' : 'Malignant', reader: 'r', at: '' }
    return { id: i + 1, caseName: caseOf(i), label } as ImageView
  })
const paired = images((i) => `p${Math.floor(i / 2)}`)

it('keeps a case in one fold if any image has one, unless folds by image are requested', () => {
  const byCase = assignFolds(paired, classes, recipe, null)
  expect(byCase).toMatchObject({ groupedBy: 'case', cases: 8, imagesWithoutCase: 0 })
  for (let i = 0; i < 16; i += 2) expect(byCase.folds[i]).toBe(byCase.folds[i + 1])
  expect(assignFolds(paired, classes, recipe, 'case')).toEqual(byCase)
  const byImage = assignFolds(paired, classes, recipe, 'image')
  expect(byImage).toMatchObject({ groupedBy: 'image', cases: 8 })
  expect(warningsOf({ ...byImage, images: 16, weights: 'official' })[0]).toMatch(
    /^FOLDS BY IMAGE, as requested/,
  )
})

it('counts each image as a case if there are none, and says so', () => {
  const split = assignFolds(
    images(() => null),
    classes,
    recipe,
    null,
  )
  expect(split).toMatchObject({ groupedBy: 'image', cases: 0, imagesWithoutCase: 16 })
  expect(warningsOf({ ...split, images: 16, weights: 'official' })).toEqual([
    expect.stringContaining('no image has a case'),
  ])
  expect(warningsOf({ ...split, images: 16, weights: 'official', disputed: 3 }).at(-1)).toBe(
    '3 images were left out: readers disagree and there is no adjudication.',
  )
  expect(() =>
    assignFolds(
      images(() => null),
      classes,
      recipe,
      'case',
    ),
  ).toThrow(expect.objectContaining({ code: 'training.no-cases' }))
})

it('warns of missing cases and of untrained encoders', () => {
  const some = images((i) => (i === 0 ? null : `p${Math.floor(i / 2)}`))
  const split = assignFolds(some, classes, recipe, null)
  expect(warningsOf({ ...split, images: 16, weights: 'untrained' })).toEqual([
    expect.stringContaining('UNTRAINED'),
    expect.stringContaining('1 of 16 images have no case'),
  ])
})

it('refuses more folds than cases with both numbers', () => {
  expect(() => assignFolds(paired, classes, { ...recipe, folds: 5 }, null)).toThrow(
    expect.objectContaining({
      code: 'training.too-few-cases',
      details: { className: 'Benign', cases: 4, folds: 5 },
    }),
  )
})

it('leaves a class without labels out of the training', () => {
  const four = parseClassScheme('Normal,Benign,Other,Malignant*')
  const used = classesOf(paired, four)
  expect(used.map(({ name }) => name)).toEqual(['Benign', 'Malignant'])
  const { folds } = assignFolds(paired, used, recipe, null)
  expect(folds.filter((fold) => fold === 0)).toHaveLength(8)
})

it('names the class whose files are missing, not one with too few labels', () => {
  const numbered = paired.map((image, index): ImageView => ({ ...image, id: index + 1 }))
  const failedOf = (ids: number[]) => ids.map((imageId) => ({ imageId }))
  const split = (ids: number[]) => assignFoldsWithout(numbered, failedOf(ids), classes, recipe, null)
  expect(split([1]).folds).toHaveLength(15)
  const isMissing = (images: number): unknown =>
    expect.objectContaining({ code: 'training.images-missing', details: { className: 'Benign', images } })
  // Three of the four cases of Benign, so that one fold has none; and all of them.
  expect(() => split([1, 2, 3, 4, 5, 6])).toThrow(isMissing(6))
  expect(() => split([1, 2, 3, 4, 5, 6, 7, 8])).toThrow(isMissing(8))
})
