import type { RecipeChanges } from '../../../electron/contract/index.ts'
import { boosters, cases, images } from './counts.ts'

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
    changed: 'Changed for this training.',
    wrongSettings: 'The settings of the recipe are not usable as they are written.',
    readBy: (reader: string) => `by ${reader}`,
    byCase: 'Case by case',
    caseName: 'Case',
    readers: 'Readers',
    withoutCase: 'Without a case',
    grouping: 'Folds',
    groupings: [
      {
        value: 'case' as const,
        label: 'By case',
        hint: 'All images of a patient are in one fold: the accuracy holds for patients that the model never saw.',
      },
      {
        value: 'image' as const,
        label: 'By image',
        hint: 'As in the published figures. Images of a patient stand on both sides, so the accuracy looks better than it is.',
      },
    ],
    byImage: (count: number) =>
      `Folds by image in spite of ${cases(count)}: the report will say so in its headline.`,
    noCases:
      'No image carries a case. Folds are made by image, so images of one patient may stand on both sides and the accuracy looks better than it is.',
    someCases: (count: number) => `${images(count)} without a case; each counts as a case of its own.`,
    tooFewClasses: 'Label images of at least two classes first.',
    tooFewCases: (className: string, count: number, folds: number) =>
      `${className} has ${cases(count)}, fewer than the ${folds} folds. Label images of more cases, or choose fewer folds.`,
    tooFewImages: (className: string, count: number, folds: number) =>
      `${className} has ${images(count)}, fewer than the ${folds} folds. Label more images, or choose fewer folds.`,
    emptyClasses: (names: string) => `No image is labelled ${names}: the model will never suggest it.`,
    imbalance: (most: string, mostImages: number, least: string, leastImages: number) =>
      `${most} has ${images(mostImages)}, ${least} only ${images(leastImages)}. The accuracy will say more of ${most}; look at each class by itself.`,
    mixedCases: (count: number) => `${cases(count)} with images of different classes.`,
    disputed: (count: number) =>
      `${images(count)} left out: the readers disagree, and nobody has adjudicated.`,
    withheld: (count: number) =>
      `You read blind: what others say of ${images(count)} is not counted here, but trains the model all the same.`,
    missingEncoders: (names: string) => `This recipe needs ${names}, not installed on this machine.`,
    untrained: 'The encoder is untrained. The result tests the program and says nothing about tissue.',
    nameTaken: 'There is a model of this name already.',
    installEncoders: 'Encoders…',
    settings: {
      title: 'Settings of the recipe',
      names: {
        folds: 'Folds',
        seeds: 'Seeds',
        augmentations: 'Augmentations',
        cropCount: 'Crops',
        rounds: 'Rounds',
        seed: 'Random seed',
        crops: 'Crop sizes',
        mode: 'Encoding',
        encoders: 'Encoders',
      } satisfies Record<keyof RecipeChanges, string>,
      hints: {
        folds: 'Parts of the data, each tested once',
        seeds: 'Boosters of each fold, drawn differently',
        augmentations: 'Stain variants of each image',
        cropCount: 'Of each image, variant and crop size',
        rounds: 'Trees of each booster and class',
        seed: 'Other draws, everything else alike',
        crops: 'Edge in pixels at half scale; 800@1: at full scale',
        mode: 'Dense is faster; crops is as published',
      },
      /** Said where something else is written. */
      ranges: {
        folds: 'A whole number from 2 to 100',
        seeds: 'A whole number from 1 to 100',
        augmentations: 'A whole number from 1 to 1,000',
        cropCount: 'A whole number from 1 to 1,000',
        rounds: 'A whole number from 1 to 10,000',
        seed: 'A whole number, 0 or more',
        crops: 'Sizes from 32 to 8,192 px, with commas between them, each with its scale or without',
        mode: 'Crops or dense',
        encoders: 'At least one encoder',
      } satisfies Record<keyof RecipeChanges, string>,
      modes: { crops: 'Crop by crop', dense: 'Densely' },
    },
    estimate: {
      title: 'What it takes',
      encodings: 'To encode',
      encodingsOf: (encoder: string, imageCount: number, crops: string) =>
        `${encoder}: ${images(imageCount)}, as much as ${crops} crops of 400 px`,
      allThere: 'Nothing: every image is encoded already',
      time: 'Time to encode',
      noTime: 'None',
      about: (duration: string) => `About ${duration}, as measured on this machine`,
      unknown: 'Unknown: the speed of this machine was not measured',
      boosters: 'Then to train',
      boostersOf: (count: number) => `${boosters(count)}; how long is not known beforehand`,
      disk: 'Disk',
      diskOf: (bytes: string, free: string) => `At most ${bytes}; ${free} are free`,
      tooLittle: 'There is not enough room on the disk of this workspace.',
      earlier: (model: string) => `${model}, by this recipe`,
      earlierOf: (imageCount: number, duration: string) =>
        `${images(imageCount)} in ${duration}, with what was encoded before`,
      measure: 'Measure',
      measuring: 'Measuring…',
      measureHint: 'Takes some seconds for each encoder.',
      note: 'It runs in the background: reading goes on. What is encoded is kept, also if the training is cancelled.',
    },
  },
  models: {
    title: 'Models',
    none: 'No model yet.',
    noneHint: 'Label images in at least two classes, then train.',
    trainedOn: (imageCount: number, caseCount: number) => `${images(imageCount)}, ${cases(caseCount)}`,
    foldsBy: { case: 'folds by case', image: 'folds by image' },
    interval: (low: string, high: string) => `95 %: ${low} to ${high}`,
    untrained: 'UNTRAINED encoder: knows nothing of tissue',
    inUse: 'In use',
    foldsBySentence: {
      case: 'All images of a case were kept in one fold.',
      image:
        'Folds were made by image. Images of one patient may stand on both sides, so the accuracy looks better than it is.',
    },
  },
} as const
