import { images, cases } from './counts.ts'

export const modelsStrings = {
  training: {
    title: 'Train a model',
    name: 'Name of the model',
    recipe: 'Recipe',
    data: 'Labelled images',
    className: 'Class',
    images: 'Images',
    cases: 'Cases',
    total: 'Total',
    start: 'Train',
    folds: (count: number) => `Tested on ${count} folds, each by boosters that never saw it.`,
    noCases:
      'No image carries a case. Folds are made by image, so images of one patient may stand on both sides and the accuracy looks better than it is.',
    someCases: (count: number) => `${images(count)} without a case; each counts as a case of its own.`,
    tooFewClasses: 'Label images of at least two classes first.',
    tooFewCases: (className: string, count: number, folds: number) =>
      `${className} has ${cases(count)}, fewer than the ${folds} folds. Label images of more cases.`,
    missingEncoders: (names: string) => `This recipe needs ${names}, not installed on this machine.`,
    untrained: 'The encoder is untrained. The result tests the program and says nothing about tissue.',
    nameTaken: 'There is a model of this name already.',
    installEncoders: 'Encoders…',
  },
  models: {
    title: 'Models',
    none: 'No model yet.',
    noneHint: 'Label images in at least two classes, then train.',
    accuracy: 'Accuracy',
    accuracyTip: 'As measured out of fold: each image by boosters that never saw it',
    folds: 'Folds',
    spread: (percent: string) => `± ${percent}`,
    trainedOn: (imageCount: number, caseCount: number) => `${images(imageCount)}, ${cases(caseCount)}`,
    byCase: 'folds by case',
    byImage: 'folds by image',
    inUse: 'In use',
    made: 'Trained',
    took: (duration: string) => `took ${duration}`,
    recipe: 'Recipe',
    encoders: 'Encoders',
    classifyWith: 'Classify all with this model',
    foldsBySentence: {
      case: 'All images of a case were kept in one fold.',
      image:
        'Folds were made by image. Images of one patient may stand on both sides, so the accuracy looks better than it is.',
    },
  },
} as const
