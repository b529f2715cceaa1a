import type { ClassifierChoice, ColourChoice, RecipeChanges } from '../../electron/contract/index.ts'
import { cases, classifiers, images, regions, trainingFields } from './counts.ts'

export const modelsStrings = {
  training: {
    title: 'Train a model',
    name: 'Name of the model',
    recipe: 'Recipe',
    data: 'Labelled images',
    className: 'Class',
    images: 'Images',
    cases: 'Cases',
    regions: 'Also train on labelled regions and places',
    regionsHint:
      'Fields of the size of a crop are cut from rectangles and polygons with a class. Each region counts once, in the fold of its case.',
    regionCount: 'Regions',
    fields: 'Fields',
    total: 'Total',
    start: 'Train',
    folds: (count: number) =>
      `Tested on ${count} folds, each predicted by classifiers that were not trained on it.`,
    does: (recipe: string) => `${recipe}.`,
    moreFolds: (possible: number) => `As last time; ${possible} folds are possible.`,
    changed: 'Changed for this training.',
    wrongSettings: 'Some recipe settings are not valid. Correct them first.',
    byCase: 'By case',
    caseName: 'Case',
    readers: 'Readers',
    withoutCase: 'Without a case',
    grouping: 'Folds',
    groupings: [
      {
        value: 'case' as const,
        label: 'By case',
        hint: 'All images of a patient are in one fold. The accuracy applies to new patients.',
      },
      {
        value: 'image' as const,
        label: 'By image',
        hint: 'As in the published results. Images of one patient can be in both training and test folds, so accuracy is overestimated.',
      },
    ],
    byImage: (count: number) =>
      `Folds by image although there are ${cases(count)}: the headline of the report will say so.`,
    noCases:
      'No image has a case. Folds are made by image, so images of one patient can be in both training and test folds and accuracy may be overestimated.',
    someCases: (count: number) => `${images(count)} without a case; each counts as a separate case.`,
    tooFewCases: (className: string, count: number, folds: number) =>
      `${className} has ${cases(count)}, fewer than the ${folds} folds. Label images of more cases, or choose fewer folds.`,
    tooFewImages: (className: string, count: number, folds: number) =>
      `${className} has ${images(count)}, fewer than the ${folds} folds. Label more images, or choose fewer folds.`,
    emptyClasses: (names: string) =>
      `No image is labelled ${names}. The model will never suggest this class.`,
    imbalance: (most: string, maxImages: number, least: string, minImages: number) =>
      `${most} has ${images(maxImages)}, ${least} only ${images(minImages)}. Overall accuracy will mostly reflect ${most}; check each class separately.`,
    mixedCases: (count: number) => `${cases(count)} with images of different classes.`,
    disputed: (count: number) =>
      `${images(count)} left out: readers disagree and there is no adjudication yet.`,
    missingEncoders: (names: string) =>
      `This recipe needs ${names}, which is not installed on this computer.`,
    nameTaken: 'A model with this name already exists.',
    installEncoders: 'Encoders…',
    settings: {
      title: 'Recipe settings',
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
        classifier: 'Classifier',
        colour: 'Colour profiles',
      } satisfies Record<keyof RecipeChanges, string>,
      hints: {
        folds: 'Parts of the data; each is the test set once',
        seeds: 'Boosted trees per fold with different random seeds',
        augmentations: 'Stain variants per image',
        cropCount: 'Per image, augmentation and crop size',
        rounds: 'Trees per fold, seed and class',
        seed: 'Changes only the random numbers',
        crops: 'Edge length in pixels at half scale; 800@1 means full scale',
        mode: 'Dense is faster; crop by crop is the published method',
        classifier:
          'Boosted trees are the published method; with images of few cases, logistic regression is often better',
        colour: 'What becomes of the colour profile that a file may have',
      },
      /** Shown if the text is not a valid value. */
      ranges: {
        folds: 'A whole number from 2 to 100',
        seeds: 'A whole number from 1 to 100',
        augmentations: 'A whole number from 1 to 1,000',
        cropCount: 'A whole number from 1 to 1,000',
        rounds: 'A whole number from 1 to 10,000',
        seed: 'A whole number from 0',
        crops: 'Sizes from 32 to 8,192 px, separated by commas, each with an optional scale',
        mode: 'Crop by crop or dense',
        encoders: 'At least one encoder',
        classifier: 'Boosted trees, logistic regression or both',
        colour: 'Converted to sRGB or not used',
      } satisfies Record<keyof RecipeChanges, string>,
      modes: { crops: 'Crop by crop', dense: 'Dense', tiles: 'Tile by tile' },
      classifiers: {
        lightgbm: 'Boosted trees',
        logistic: 'Logistic regression',
        both: 'Both, averaged',
      } satisfies Record<ClassifierChoice, string>,
      colours: { srgb: 'Converted to sRGB', file: 'Not used' } satisfies Record<ColourChoice, string>,
    },
    estimate: {
      title: 'Estimate',
      encodings: 'Images to encode',
      encodingsOf: (encoder: string, imageCount: number, crops: string, hasFields: boolean) =>
        `${encoder}: ${images(imageCount)}${hasFields ? ' and training fields' : ''}, as much work as ${crops} crops of 400 px, the size of the speed test`,
      allThere: 'None: every image is already encoded',
      time: 'Encoding time',
      noTime: 'None',
      about: (duration: string) => `About ${duration}, measured on this computer`,
      manyMachines: (duration: string) =>
        `Encoding takes ${duration} on this computer alone. Several computers can share it: make a plan for them.`,
      longBefore: (model: string, duration: string) =>
        `${model} took ${duration} with this recipe. Several computers can share the training of the classifiers: make a plan for them.`,
      unknown: 'Unknown: the speed of this computer has not been measured',
      boosters: 'Classifiers to train',
      boostersOf: (count: number) => `${classifiers(count)}; no time estimate available`,
      disk: 'Disk',
      diskOf: (bytes: string, free: string) => `At most ${bytes} needed; ${free} free`,
      tooLittle: 'Not enough disk space for this workspace.',
      earlier: (model: string) => `${model}, with this recipe`,
      earlierOf: (imageCount: number, duration: string) =>
        `${images(imageCount)} in ${duration}, reusing earlier encodings`,
      measure: 'Measure',
      measuring: 'Measuring…',
      measureHint: 'Takes a few seconds per encoder.',
      note: 'Training runs in the background; you can continue reading. Encoded images are kept even if you cancel.',
    },
  },
  models: {
    title: 'Models',
    none: 'No model yet.',
    noneHint: 'Label images in at least two classes, then train.',
    trainedOn: (imageCount: number, caseCount: number, regionCount = 0) =>
      `${images(imageCount)}, ${cases(caseCount)}${regionCount > 0 ? `, ${regions(regionCount)}` : ''}`,
    ofRegions: (regionCount: number, fieldCount: number) =>
      `${regions(regionCount)} (${trainingFields(fieldCount)})`,
    foldsBy: { case: 'folds by case', image: 'folds by image' },
    interval: (low: string, high: string) => `95 %: ${low} to ${high}`,
    inUse: 'In use',
    candidate: 'Candidate',
    foldsBySentence: {
      case: 'All images of a case were in one fold.',
      image:
        'Folds were made by image. Images of one patient can be in both training and test folds, so accuracy may be overestimated.',
    },
  },
} as const
