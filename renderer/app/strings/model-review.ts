import type { Calibration, Recipe } from '../../../electron/contract/index.ts'
import { formatCount } from '../format.ts'
import { cases, images } from './counts.ts'

const interval = (low: string, high: string): string => `${low} to ${high}`
const wilsonNote =
  'Wilson intervals assume independent images. Images of one case are correlated, so the true uncertainty is larger.'

/** The screen of models. */
export const modelReviewStrings = {
  modelReview: {
    tabs: {
      label: 'Sections of the report',
      figures: 'Figures',
      point: 'Operating point',
      confusion: 'Confusion and errors',
      calibration: 'Calibration',
      compare: 'Compare',
      history: 'History',
    },
    encoders: (names: string, source: string) => `Encoders: ${names} (weights: ${source}).`,
    withheld: (count: number) =>
      `You are reading blind: ${images(count)} that you have not labelled yet are left out of all lists here and of the results at other operating points.`,
    actions: {
      promote: 'Use this model…',
      rollBack: 'Undo last promotion…',
      export: 'Export…',
      import: 'Import model…',
      train: 'Train a model',
      classify: 'Classify all with this model',
    },
    promoteTitle: (model: string) => `Use ${model}`,
    promoteConsequence: (model: string, used: string | null) =>
      used === null
        ? `${model} becomes the default model.`
        : `${model} becomes the default model and replaces ${used}. Existing suggestions are not changed.`,
    promote: 'Use this model',
    promoted: (model: string) => `In use: ${model}.`,
    rollBackTitle: 'Undo last promotion',
    rollBackConsequence: (used: string) =>
      `${used} becomes the default model again. Existing suggestions are not changed.`,
    rollBack: 'Undo promotion',
    reasonHint: 'Saved in the model’s history and in the audit trail.',
    saved: (threshold: string) =>
      `Operating point ${threshold} saved. It applies to suggestions made from now on.`,
    written: (path: string) => `Written to ${path}`,
    importing: {
      title: 'Import model',
      name: 'Name in this workspace',
      hint: 'Leave empty to use the name in the package.',
      note: 'The package is verified before anything is imported. Images that the model was trained on are recognised by their content; for them, only boosters that were not trained on them are used.',
      start: 'Import',
    },
    exporting: {
      title: (model: string) => `Export ${model}`,
      what: 'File type',
      kinds: {
        html: {
          label: 'Report as web page',
          hint: 'One HTML file with plots and errors, for any browser.',
        },
        json: { label: 'Report as JSON', hint: 'All results and predictions, for other programs.' },
        csv: {
          label: 'Predictions as CSV',
          hint: 'One row per image with its out-of-fold prediction. Can be read by “lobule evaluate”.',
        },
        zip: {
          label: 'Model package',
          hint: 'Boosters, recipe and report in one verified file, for another workspace or computer. Contains no images.',
        },
      },
      name: 'File name',
      wrongName: 'A file name cannot contain \\ / : * ? " < > |',
      folder: 'Folder',
      willBe: (path: string) => `Will be written to ${path}.`,
      replaced: 'An existing file with this name will be replaced.',
      write: 'Save',
    },
    folds: {
      title: 'Accuracy by fold',
      caption: 'Accuracy of each fold in percent, for each encoder and crop size and for all combined',
      part: 'Encoder, crop size',
      row: (encoder: string, sizePx: number, scale: number) =>
        `${encoder}, ${sizePx} px${scale === 0.5 ? '' : ` at scale ${scale}`}`,
      fusion: 'Model fusion',
      fold: (number: number) => `Fold ${number}`,
      mean: 'Mean',
      std: 'SD (population)',
    },
    figures: {
      title: 'All folds combined',
      over: 'Basis',
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
        count === 0 ? 'Every case is classified correctly' : `${cases(count)} misclassified`,
      caseRule: (mixed: number) =>
        `The probabilities of a case are the mean over its images; its label is the most severe class of its images.${
          mixed === 0 ? '' : ` ${cases(mixed)} contain images of different classes.`
        }`,
      showCase: (name: string) => `Show the images of ${name}`,
      calledAs: 'classified as',
      missedPositive: 'carcinoma below 0.50',
    },
    point: {
      title: 'ROC of the carcinoma score, by image',
      none: 'An operating point needs at least one carcinoma class and one other class, and images of both.',
      plotLabel: (auc: string) =>
        `ROC curve, area ${auc}. The table of operating points contains the same values.`,
      across: '1 − specificity',
      up: 'Sensitivity',
      handle: 'Operating point on the curve',
      handleValue: (threshold: string, sensitivity: string, specificity: string) =>
        `Score at least ${threshold}: sensitivity ${sensitivity}, specificity ${specificity}`,
      hint: 'Drag the disc along the curve, or move it one image at a time with the arrow keys. The hollow diamond is the saved operating point.',
      auc: (auc: string) => `Area under the curve ${auc}.`,
      threshold: 'Carcinoma if the score is at least',
      slider: 'Threshold of the carcinoma score',
      wrong: 'Enter a number from 0 to 1',
      published: 'Published operating point',
      figures: 'Out of fold',
      at: (threshold: string) => `At ${threshold}`,
      savedAt: (threshold: string) => `Saved: ${threshold}`,
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
      wilsonNote: `${wilsonNote} Predictive values apply only at the proportion of carcinoma among these images.`,
      save: 'Save as the operating point',
      discard: 'Discard',
      changed: (saved: string) => `Not saved yet. Saved: ${saved}.`,
      unchanged: 'This is the saved operating point.',
      asTable: 'Operating points as a table',
      changes: 'Changes in the worklist',
      turned: (count: string, all: number, saved: string, tried: string) =>
        `${count} of ${images(all)} with a prediction from this model would change side between ${saved} and ${tried}.`,
      without: (count: number) =>
        `${images(count)} ${count === 1 ? 'has' : 'have'} no prediction from this model and ${count === 1 ? 'is' : 'are'} not counted.`,
      toPositive: 'Would become carcinoma',
      toNegative: 'Would no longer be carcinoma',
      keptNote:
        'Existing suggestions keep their side. Classify the images again to apply the new operating point.',
    },
    confusion: {
      title: 'Confusion matrix',
      caption: 'Out-of-fold results by image. Rows: label. Columns: suggested class. Percent of the row.',
      corner: 'Label',
      total: 'All',
      /** After the count. */
      cell: (count: number, truth: string, predicted: string) =>
        `${count === 1 ? 'image' : 'images'} with the label ${truth}, suggested ${predicted},`,
      hint: 'Select a cell to show its images.',
      misses: (count: number) => `All errors (${formatCount(count)})`,
      missedPositives: (count: number, threshold: string) =>
        `Carcinoma below ${threshold} (${formatCount(count)})`,
      ofCell: (count: number, truth: string, predicted: string) =>
        `Label ${truth}, suggested ${predicted} (${formatCount(count)})`,
      ofCase: (name: string) => `Images of ${name}`,
      nothing: 'No images.',
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
      hint: 'Of the images predicted with a probability of 80 %, 80 % should be correct. The points then fall on the dashed line. The size of a point shows its number of images.',
      none: 'This model has no out-of-fold probabilities.',
      of: {
        largest: 'Suggested class is correct',
        positive: 'Carcinoma (two-class score)',
      } satisfies Record<Calibration['of'], string>,
      plotLabel: (of: string) => `Reliability plot: ${of}. The table next to it contains the same values.`,
      across: 'Predicted probability',
      upAxis: 'Observed frequency',
      before: 'Before scaling',
      after: 'After temperature scaling',
      perfect: 'Perfect',
      tip: (state: string, said: string, observed: string, count: number) =>
        `${state}: predicted ${said}, observed ${observed} (${images(count)})`,
      figuresOf: (of: string) => `Calibration: ${of}`,
      brier: 'Brier score',
      ece: 'Expected calibration error',
      logLoss: 'Log loss',
      temperature: (temperature: string) =>
        `Temperature for new images: ${temperature}. For the values after scaling, each fold is scaled with a temperature fitted on the other folds.`,
      noAfter: 'Testing a temperature needs at least two folds.',
      asTable: 'Show as table',
      bin: 'Probability',
      binRange: interval,
      images: 'Images',
    },
    conformal: {
      title: 'Prediction sets',
      hint: 'A prediction set lists the classes that an image may belong to. It is made large enough to contain the true class at the chosen rate, within each class. Each fold is tested with thresholds from the other folds.',
      none: 'Testing prediction sets needs at least two folds.',
      asked: 'Target',
      measured: 'Observed',
      meanSize: 'Mean size',
      size: (classes: number) => (classes === 1 ? 'Sets of 1' : `Sets of ${classes}`),
    },
    comparison: {
      title: (model: string) => `${model} compared with another model`,
      with: 'Compare with',
      hint: 'Uses the images that both models were trained on, each predicted out of fold.',
      alone: 'There is no other model to compare with.',
      noneInBoth: 'The two models were not trained on any image with the same label.',
      counts: 'Out-of-fold results, by image',
      compared: 'Images compared',
      bothRight: 'Both correct',
      onlyRight: (model: string) => `Only ${model} correct`,
      bothWrong: 'Both wrong',
      leftOut: (onlyFirst: string, first: string, onlySecond: string, second: string, relabelled: string) =>
        `Not compared: ${onlyFirst} only in ${first}, ${onlySecond} only in ${second}, and ${relabelled} whose label changed between the two trainings.`,
      flips: (count: number) => `Images with different suggestions (${formatCount(count)})`,
      ways: 'Direction of change',
      images: 'Images',
      better: 'Now correct',
      worse: 'Now wrong',
      filter: 'Show',
      rights: (kind: 'all' | 'first' | 'second' | 'neither', count: number, first: string, second: string) =>
        `${
          {
            all: 'All',
            first: `${first} correct`,
            second: `${second} correct`,
            neither: 'Neither correct',
          }[kind]
        } (${formatCount(count)})`,
      right: {
        first: (first: string) => `${first} is correct`,
        second: (_first: string, second: string) => `${second} is correct`,
        neither: () => 'neither is correct',
      },
      became: 'changed to',
      noFlips: 'Both suggest the same class for every image.',
    },
    history: {
      title: 'Promotions',
      none: 'No model has been promoted. The newest model is in use.',
      at: 'Promoted',
      model: 'Model',
      reader: 'By',
      reason: 'Reason',
      withdrawn: 'Undone',
      stands: 'No',
      unknown: 'not known',
      noReason: 'No reason given',
      withdrawnBy: (when: string, reader: string) => `${when}, by ${reader}:`,
    },
    provenance: {
      title: 'Provenance',
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
        dense: 'Dense: the whole image at once',
      } satisfies Record<Recipe['mode'], string>,
      augmentations: 'Augmentations',
      crops: 'Crops',
      cropsOf: (count: number, sets: string) => `${formatCount(count)} each at ${sets}`,
      cropSet: (sizePx: number, scale: string) => `${sizePx} px at scale ${scale}`,
      encoders: 'Encoders',
      recipeFingerprint: 'Recipe fingerprint',
      weightsOf: (encoder: string) => `Weights of ${encoder}`,
      software: 'Software',
    },
  },
} as const
