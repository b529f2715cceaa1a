import { expect, it } from 'vitest'
import {
  changeRecipe,
  chooseTraining,
  labelledParts,
  membersOfClasses,
  recipeOrigin,
  recipes,
  type EncoderName,
  type EncoderView,
  type ImageView,
  type Recipe,
  type TrainingFields,
} from '../../../electron/contract/index.ts'
import { fileFormat } from '../../../electron/report/format.ts'
import {
  choiceSentence,
  fieldSentences,
  problemSentence,
  recipeInWords,
} from '../../../electron/report/training-words.ts'

const quick = recipes['quick'] as Recipe
const standard = recipes['standard']
const words = { format: fileFormat, titleOf: (name: EncoderName) => `<${name}>` }
const installed = (
  sources: Partial<Record<EncoderName, EncoderView['source']>>,
): { name: EncoderName; source: EncoderView['source'] }[] =>
  (['resnet50', 'inceptionv3', 'vgg16'] as const).map((name) => ({
    name,
    source: sources[name] ?? 'missing',
  }))
const members = (benign: number, malignant: number) => [
  { className: 'Benign', members: benign },
  { className: 'Malignant', members: malignant },
]

it.each<[Partial<Record<EncoderName, EncoderView['source']>>, Recipe, EncoderName[], boolean]>([
  [{ resnet50: 'official', vgg16: 'official' }, quick, ['resnet50'], false],
  [{ vgg16: 'unofficial' }, quick, ['vgg16'], false],
  [{ resnet50: 'untrained', vgg16: 'official' }, quick, ['vgg16'], false],
  [{ resnet50: 'untrained', inceptionv3: 'untrained' }, quick, ['resnet50'], true],
  [{ inceptionv3: 'untrained' }, quick, ['inceptionv3'], true],
  [{ inceptionv3: 'official', vgg16: 'untrained' }, standard, ['inceptionv3'], false],
  [{}, quick, [], false],
])(
  'with %o chooses trained encoders first, and the recipe’s own before others',
  (sources, recipe, encoders, areUntrained) => {
    expect(chooseTraining(recipe, installed(sources), members(9, 9))).toMatchObject({
      encoders,
      areUntrained,
      replaced: recipe.encoders.filter((name) => !encoders.includes(name)),
      problem: encoders.length === 0 ? 'no-encoder' : null,
    })
  },
)

it.each([
  [9, 12, 5],
  [5, 12, 5],
  [12, 3, 3],
  [2, 2, 2],
])('with %i and %i cases it makes %i folds', (benign, malignant, folds) => {
  const choice = chooseTraining(quick, installed({ vgg16: 'official' }), members(benign, malignant))
  expect(choice).toMatchObject({ folds, problem: null })
})

it('says what it chose and why', () => {
  const choice = chooseTraining(quick, installed({ vgg16: 'official' }), members(12, 3))
  expect(choiceSentence(choice, choice.folds, 'case', words)).toBe(
    '<vgg16>, 3 folds: the rarest class, Malignant, has 3 cases. Without <resnet50>, not installed with trained weights.',
  )
  const untrained = chooseTraining(quick, installed({ resnet50: 'untrained' }), members(5, 7))
  expect(choiceSentence(untrained, 5, 'image', words)).toBe(
    '<resnet50> (untrained, to try the program only), 5 folds: the rarest class, Benign, has 5 images.',
  )
})

it.each([
  [[], 'No image has a label yet. Label images of at least two classes.'],
  [[{ className: 'Benign', members: 9 }], 'Only Benign has labelled images.'],
  [members(1, 9), 'Benign has only 1 case. Each class needs at least 2'],
])('says why nothing can be trained: %o', (classes, sentence) => {
  const choice = chooseTraining(quick, installed({ vgg16: 'official' }), classes)
  expect(problemSentence(choice, 'case', words)).toContain(sentence)
})

it('names a missing encoder last, and nothing if a training can start', () => {
  const sentence = problemSentence(chooseTraining(quick, installed({}), members(9, 9)), 'case', words)
  expect(sentence).toContain('No encoder is installed')
  const ready = chooseTraining(quick, installed({ vgg16: 'official' }), members(9, 9))
  expect(problemSentence(ready, 'case', words)).toBeNull()
})

it('describes a recipe by its settings', () => {
  expect(recipeInWords(quick, words)).toBe('<resnet50>, 1 crop size, dense, 4 augmentations, 5 folds')
  const changed = changeRecipe(standard, {
    encoders: ['vgg16'],
    folds: 3,
    augmentations: 1,
    classifier: 'logistic',
  })
  expect(recipeInWords(changed, words)).toBe(
    '<vgg16>, 2 crop sizes, 1 augmentation, 3 folds, logistic regression',
  )
})

it('finds the named recipe and the changes of a recipe again', () => {
  const changes = {
    folds: 3,
    encoders: ['vgg16' as const],
    crops: [{ sizePx: 200, scale: 1 }],
    rounds: 9,
    classifier: 'both' as const,
  }
  expect(recipeOrigin(changeRecipe(quick, changes))).toEqual({ recipeName: 'quick', changes })
  expect(recipeOrigin(quick)).toEqual({ recipeName: 'quick', changes: {} })
  expect(recipeOrigin({ ...quick, name: 'constructor' })).toBeNull()
  expect(recipeOrigin({ ...quick, external: { name: 'a', fingerprint: 'b' } })).toBeNull()
})

const image = (
  id: number,
  caseName: string | null,
  className: string | null,
  testSet: string | null = null,
) => ({
  id,
  caseName,
  label: className === null ? null : { className, reader: 'Ada', at: '', source: 'reader' as const },
  testSet,
})
const someFields: TrainingFields = {
  counts: [
    { imageId: 1, className: 'Benign', regions: 2, fields: 5 },
    { imageId: 3, className: 'Benign', regions: 1, fields: 1 },
    { imageId: 3, className: 'Malignant', regions: 3, fields: 4 },
  ],
  imageIds: [3],
  leftOut: { regions: 1, withoutPixelSize: 2 },
}

it('counts images and cases of each class, as a whole and by regions', () => {
  const images = [
    image(1, 'A', 'Benign'),
    image(2, null, 'Malignant'),
    // A slide: its own label is not used if regions are.
    image(3, 'A', 'Malignant'),
    image(4, 'B', 'Malignant', 'locked'),
    image(5, 'C', null),
  ] as ImageView[]
  const counts = (fields: TrainingFields | null, grouping: 'case' | 'image') =>
    membersOfClasses(labelledParts(images, fields), grouping).map((one) => [one.className, one.members])
  expect(counts(null, 'case')).toEqual([
    ['Benign', 1],
    ['Malignant', 2],
  ])
  expect(counts(someFields, 'case')).toEqual([
    ['Benign', 1],
    ['Malignant', 2],
  ])
  expect(counts(someFields, 'image')).toEqual([
    ['Benign', 2],
    ['Malignant', 2],
  ])
})

it('says what fields regions give, and what is left out', () => {
  const caseOf = (imageId: number): string | null => (imageId === 1 ? 'A' : null)
  expect(fieldSentences(someFields, caseOf, words)).toEqual([
    'Benign: 6 training fields of 3 regions in 2 images of 2 cases.',
    'Malignant: 4 training fields of 3 regions in 1 image of 1 case.',
    'The label of the whole slide is not used for 1 slide with labelled regions.',
    '1 labelled region was left out: other regions share the tissue, or none of their squares is covered.',
    '2 labelled regions were left out: the slide has no pixel size.',
  ])
  const none = { counts: [], imageIds: [], leftOut: { regions: 0, withoutPixelSize: 0 } }
  expect(fieldSentences(none, caseOf, words)).toEqual([
    'No labelled region can be used. Give a class to rectangles, polygons, or places of a slide.',
  ])
})
