import type { Calibration, Recipe } from '../../../electron/contract/index.ts'
import { formatCount } from '../format.ts'
import { cases, images } from './counts.ts'

const interval = (low: string, high: string): string => `${low} to ${high}`
const wilsonNote =
  'Wilson intervals take the images for independent. Images of one case are alike, so the truth is less certain than they say.'

/** The screen of models. */
export const modelReviewStrings = {
  modelReview: {
    tabs: {
      label: 'Parts of the report',
      figures: 'Figures',
      point: 'Operating point',
      confusion: 'Confusion and misses',
      calibration: 'Calibration',
      compare: 'Compare',
      history: 'History',
    },
    encoders: (names: string, source: string) => `Encoders: ${names} (weights: ${source}).`,
    withheld: (count: number) =>
      `You read blind: ${images(count)} that you have not decided on are left out of every list here and of the figures at other operating points.`,
    actions: {
      promote: 'Put in use…',
      rollBack: 'Take the last promotion back…',
      export: 'Export…',
      import: 'Import a model…',
      train: 'Train a model',
      classify: 'Classify all with this model',
    },
    promoteTitle: (model: string) => `Put ${model} in use`,
    promoteConsequence: (model: string, used: string | null) =>
      used === null
        ? `${model} will be asked wherever no model is named.`
        : `${model} will be asked wherever no model is named, in place of ${used}. Verdicts that were made stay as they are.`,
    promote: 'Put in use',
    promoted: (model: string) => `In use: ${model}.`,
    rollBackTitle: 'Take the last promotion back',
    rollBackConsequence: (used: string) =>
      `${used} will be in use again. Verdicts that were made stay as they are.`,
    rollBack: 'Take back',
    reasonHint: 'Kept with the model’s history and in the audit trail.',
    saved: (threshold: string) =>
      `Operating point ${threshold} saved. Verdicts made from now on say on which side of it they are.`,
    written: (path: string) => `Written to ${path}`,
    importing: {
      title: 'Import a model',
      name: 'Name in this workspace',
      hint: 'Left empty: the name in the package.',
      note: 'The package is checked before anything of it is kept. Images that trained the model are known by their content: here too, they are asked only of boosters that never saw them.',
      start: 'Import',
    },
    exporting: {
      title: (model: string) => `Export ${model}`,
      what: 'What to write',
      kinds: {
        html: {
          label: 'Report as a page',
          hint: 'One HTML file with plots and the misses, for any browser.',
        },
        json: { label: 'Report as JSON', hint: 'All figures and predictions, for programs.' },
        csv: {
          label: 'Predictions as CSV',
          hint: 'A row an image, out of fold, as “lobule evaluate” reads it.',
        },
        zip: {
          label: 'Model package',
          hint: 'Boosters, recipe and report in one checked file, for another workspace or machine. No images.',
        },
      },
      name: 'Name of the file',
      wrongName: 'A name without \\ / : * ? " < > |',
      folder: 'Folder',
      willBe: (path: string) => `Will be written to ${path}.`,
      replaced: 'A file of this name is replaced.',
      write: 'Write',
    },
    folds: {
      title: 'Accuracy by fold',
      caption: 'Accuracy of each fold in percent, of each encoder and crop size alone and of all together',
      part: 'Encoder, crop size',
      row: (encoder: string, sizePx: number, scale: number) =>
        `${encoder}, ${sizePx} px${scale === 0.5 ? '' : ` at scale ${scale}`}`,
      fusion: 'Model fusion',
      fold: (number: number) => `Fold ${number}`,
      mean: 'Mean',
      std: 'SD (population)',
    },
    figures: {
      title: 'All folds together',
      over: 'Counted',
      byImage: 'by image',
      byCase: 'by case',
      count: 'Count',
      accuracy: 'Accuracy',
      wilson: '95 % (Wilson)',
      auc: 'AUC',
      interval,
      wilsonNote,
      bootstrap: (resamples: number, over: 'case' | 'image', range: string) =>
        `95 % from ${formatCount(resamples)} resamples of ${over === 'case' ? 'cases' : 'images'}: accuracy ${range}.`,
      bootstrapAuc: (range: string) => `AUC ${range}.`,
      points: 'Carcinoma or not',
      threshold: 'Score at least',
      pointColumns: ['Sensitivity', 'Specificity', 'PPV', 'NPV', 'Accuracy'],
      missedCases: (count: number) =>
        count === 0 ? 'Every case is called right' : `${cases(count)} called wrong`,
      caseRule: (mixed: number) =>
        `A case has the mean of its images’ probabilities, and the class of its worst image.${
          mixed === 0 ? '' : ` ${cases(mixed)} hold images of different classes.`
        }`,
      showCase: (name: string) => `Show the images of ${name}`,
      calledAs: 'called',
      missedPositive: 'carcinoma below 0.50',
    },
    point: {
      title: 'ROC of the carcinoma score, by image',
      none: 'The class scheme has no carcinoma class, or nothing else, or no image of one side: there is no two-class score to choose a point on.',
      plotLabel: (auc: string) =>
        `ROC, area ${auc}. The table of operating points has the same figures in words.`,
      across: '1 − specificity',
      up: 'Sensitivity',
      handle: 'Operating point on the curve',
      handleValue: (threshold: string, sensitivity: string, specificity: string) =>
        `Score at least ${threshold}: sensitivity ${sensitivity}, specificity ${specificity}`,
      hint: 'Drag the disc along the curve, or move it with the arrow keys, an image at a time. The hollow diamond is the point as it is kept.',
      auc: (auc: string) => `Area under the curve ${auc}.`,
      threshold: 'Carcinoma from a score of',
      slider: 'Threshold of the carcinoma score',
      wrong: 'A number from 0 to 1',
      published: 'A set point of the published system',
      figures: 'Out of fold',
      at: (threshold: string) => `At ${threshold}`,
      savedAt: (threshold: string) => `Kept: ${threshold}`,
      interval95: '95 %',
      interval,
      images: 'Images',
      partOf: (part: string, whole: string) => `${part} of ${whole}`,
      shares: {
        sensitivity: 'Sensitivity',
        specificity: 'Specificity',
        ppv: 'Positive predictive value',
        npv: 'Negative predictive value',
        accuracy: 'Accuracy',
      },
      wilsonNote: `${wilsonNote} Predictive values hold for the share of carcinoma among these images.`,
      save: 'Save as the operating point',
      discard: 'Discard',
      changed: (saved: string) => `Tried out, not saved. Kept: ${saved}.`,
      unchanged: 'This is the point as it is kept.',
      asTable: 'Operating points as a table',
      changes: 'What would change in the worklist',
      turned: (count: string, all: number, saved: string, tried: string) =>
        `${count} of ${images(all)} with a verdict of this model change side between ${saved} and ${tried}.`,
      without: (count: number) => `${images(count)} without a verdict of this model cannot be told.`,
      toPositive: 'Would turn to the carcinoma side',
      toNegative: 'Would turn away from the carcinoma side',
      keptNote:
        'A verdict keeps the side that it was given when it was made. Classify the images again to have the new point said beside them.',
    },
    confusion: {
      title: 'Confusion matrix',
      caption: 'Out of fold, by image: rows label, columns suggested class, percent of the row',
      corner: 'Label',
      total: 'All',
      /** After the count. */
      cell: (count: number, truth: string, predicted: string) =>
        `${count === 1 ? 'image' : 'images'} with the label ${truth}, suggested ${predicted},`,
      hint: 'A cell shows its images.',
      misses: (count: number) => `All misses (${formatCount(count)})`,
      missedPositives: (count: number, threshold: string) =>
        `Carcinoma below ${threshold} (${formatCount(count)})`,
      ofCell: (count: number, truth: string, predicted: string) =>
        `Label ${truth}, suggested ${predicted} (${formatCount(count)})`,
      ofCase: (name: string) => `Images of ${name}`,
      nothing: 'No image.',
    },
    lines: {
      label: 'Label',
      noLabel: 'No label',
      suggested: 'Suggested',
      score: (score: string) => `score ${score}`,
      noCase: 'No case',
      notHere: 'not in this workspace',
      open: (name: string) => `Open ${name} in the viewer`,
      more: (count: number) => `Show ${formatCount(count)} more`,
    },
    calibration: {
      title: 'Reliability',
      hint: 'Of images given a probability of 80 %, 80 % should come true: then the dots lie on the dashed line. A dot is as large as its number of images.',
      none: 'The training left no probabilities to look at.',
      of: {
        largest: 'Suggested class being right',
        positive: 'Carcinoma (two-class score)',
      } satisfies Record<Calibration['of'], string>,
      plotLabel: (of: string) => `Reliability of: ${of}. The table beside it has the same figures in words.`,
      across: 'Probability said',
      upAxis: 'Share that came true',
      before: 'As published',
      after: 'After temperature scaling',
      perfect: 'Perfect',
      tip: (state: string, said: string, observed: string, count: number) =>
        `${state}: said ${said}, came true ${observed} (${images(count)})`,
      figuresOf: (of: string) => `Calibration figures of: ${of}`,
      brier: 'Brier score',
      ece: 'Expected calibration error',
      logLoss: 'Log loss',
      temperature: (temperature: string) =>
        `Temperature for new images: ${temperature}. The figures after scaling have each fold scaled by a temperature fitted on the others.`,
      noAfter: 'With fewer than two folds, no temperature can be tested.',
      asTable: 'As a table',
      bin: 'Probability',
      binRange: interval,
      images: 'Images',
    },
    conformal: {
      title: 'Prediction sets',
      hint: 'Classes that an image may be of, so many that the label is among them as often as asked, in each class. Each fold is tested with limits from the others.',
      none: 'With fewer than two folds, no prediction sets can be tested.',
      asked: 'Asked',
      measured: 'Measured',
      meanSize: 'Mean size',
      size: (classes: number) => (classes === 1 ? 'Sets of 1' : `Sets of ${classes}`),
    },
    comparison: {
      title: (model: string) => `${model} beside another model`,
      with: 'Compare with',
      hint: 'On the images that trained both, each by boosters that never saw its fold.',
      alone: 'There is no other model to compare with.',
      noneInBoth: 'No image with the same label trained both models.',
      counts: 'Out of fold, by image',
      compared: 'Images compared',
      bothRight: 'Both right',
      onlyRight: (model: string) => `Only ${model} right`,
      bothWrong: 'Both wrong',
      leftOut: (onlyFirst: string, first: string, onlySecond: string, second: string, relabelled: string) =>
        `Not compared: ${onlyFirst} only in ${first}, ${onlySecond} only in ${second}, ${relabelled} whose label changed between the trainings.`,
      flips: (count: number) => `Images with another suggestion (${formatCount(count)})`,
      ways: 'Which way they flipped',
      images: 'Images',
      better: 'Became right',
      worse: 'Became wrong',
      filter: 'Which of them to show',
      rights: (kind: 'all' | 'first' | 'second' | 'neither', count: number, first: string, second: string) =>
        `${
          {
            all: 'All',
            first: `${first} right`,
            second: `${second} right`,
            neither: 'Neither right',
          }[kind]
        } (${formatCount(count)})`,
      right: {
        first: (first: string) => `${first} is right`,
        second: (_first: string, second: string) => `${second} is right`,
        neither: () => 'neither is right',
      },
      became: 'became',
      noFlips: 'Both suggest the same class for every image.',
    },
    history: {
      title: 'Promotions',
      none: 'No model was promoted. The newest one is in use.',
      at: 'Put in use',
      model: 'Model',
      reader: 'By',
      reason: 'Reason',
      withdrawn: 'Taken back',
      stands: 'No',
      unknown: 'not known',
      noReason: 'No reason given',
      withdrawnBy: (when: string, reader: string) => `${when}, by ${reader}:`,
    },
    provenance: {
      title: 'Where this model comes from',
      trained: 'Trained',
      trainedIn: (when: string, duration: string) => `${when}, in ${duration}`,
      images: 'Images',
      imagesOf: (imageCount: number, caseCount: number, withoutCase: number) =>
        `${images(imageCount)} of ${cases(caseCount)}; ${formatCount(withoutCase)} without a case`,
      folds: 'Folds',
      foldsOf: (folds: number, grouping: string, seeds: number) =>
        `${formatCount(folds)}, ${grouping}; ${seeds === 1 ? '1 seed' : `${formatCount(seeds)} seeds`}`,
      boosters: 'Boosters',
      recipe: 'Recipe',
      mode: 'Encoding',
      modes: {
        crops: 'Crop by crop',
        dense: 'Densely: the whole image once',
      } satisfies Record<Recipe['mode'], string>,
      augmentations: 'Augmentations',
      crops: 'Crops',
      cropsOf: (count: number, sets: string) => `${formatCount(count)} each of ${sets}`,
      cropSet: (sizePx: number, scale: string) => `${sizePx} px at scale ${scale}`,
      encoders: 'Encoders',
      recipeFingerprint: 'Fingerprint of the recipe',
      weightsOf: (encoder: string) => `Weights of ${encoder}`,
      software: 'Software',
    },
  },
} as const
