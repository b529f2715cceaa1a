import { reportWords } from '../../electron/report/words.ts'
import { formatCount } from './format.ts'
import { images } from './counts.ts'

/** The screen of models. */
export const modelReviewStrings = {
  modelReview: {
    subgroups: {
      label: 'Accuracy by',
      none: 'Choose…',
      hint: 'By site or scanner: lobule subgroups --table FILE --column NAME',
    },
    checklist: {
      label: 'Reporting checklist',
      none: 'Choose…',
      hint: 'The same on the command line: lobule report --checklist NAME',
      counts: (words: string) => `Items: ${words}.`,
      write: 'Save to a file…',
      writeTitle: (checklist: string, model: string) => `${checklist} for ${model}`,
      writeText:
        'As a web page (.html), as text (.txt), or for other programs (.json). Your answers are in it.',
      written: (path: string) => `Written to ${path}.`,
      take: (model: string) => `Take over the answers of ${model}`,
      takeTip: 'Only for items that have no answer here. Check each of them: this is another model.',
      taken: (count: number, model: string) =>
        count === 0
          ? `Every item that ${model} has an answer to is answered here.`
          : `${count === 1 ? 'One answer' : `${count} answers`} of ${model} taken over.`,
      answer: 'Answer…',
      change: 'Change the answer…',
      filled: 'Lobule has filled this item. You can add to it.',
      save: 'Save',
      notApplicable: 'Not applicable',
      notApplicableText: 'The item does not apply to your study. Say why.',
      why: 'Why it does not apply',
      answerLabel: 'Answer',
      answerHint: 'Saved in the workspace with your name and the time, and in the audit trail.',
      remove: 'Remove the answer',
    },
    learningCurve: {
      measure: 'Measure the learning curve',
      again: 'Measure the learning curve again',
      tip: 'Trains on growing parts of the cases, to see whether more labels are worth it. It runs in the background and changes no model.',
    },
    tabs: {
      label: 'Sections of the report',
      figures: 'Figures',
      point: 'Operating point',
      confusion: 'Confusion and errors',
      calibration: 'Calibration',
      compare: 'Compare',
      checklist: 'Checklist',
      history: 'History',
    },
    keyFigures: {
      title: 'Key figures',
      accuracy: 'Out-of-fold accuracy',
      auc: 'AUC of the carcinoma score',
      worstFold: 'Worst fold',
      images: 'Trained on',
      interval: (range: string, over: string) => `95 % over ${over}s: ${range}`,
      ofFolds: (count: number) => `of ${formatCount(count)} folds`,
      count: images,
      cases: (count: number, groupedBy: 'case' | 'image') =>
        `${count === 1 ? '1 case' : `${formatCount(count)} cases`}, folds by ${groupedBy}`,
    },
    about: {
      title: 'About this model',
      encoders: 'Encoders',
      weights: 'Weights',
      trained: 'Trained',
      took: 'Duration',
    },
    actions: {
      promote: 'Use this model…',
      rollBack: 'Undo last promotion…',
      export: 'Export…',
      import: 'Import model…',
      train: 'Train a model',
      classify: 'Classify all with this model',
    },
    trust: {
      title: 'Can I trust this model?',
      tones: { good: 'Good:', warning: 'Warning:' },
    },
    inUse: {
      title: 'Accuracy in use',
      tip: 'How often suggestions on new images agreed with the labels given after them. Opens the report.',
      broken: (model: string, chip: string) =>
        `${model} does not keep its promise: ${chip}. Do not rely on its suggestions.`,
      unproven: (model: string) => `Model ${model} is not shown to be better than guessing.`,
      open: 'Open the report',
    },
    candidate: {
      title: 'Candidate: not in use',
      inUse: (model: string) => `${model} stays in use until you decide.`,
      noneInUse: 'No model is in use, because this one is not shown to be better than guessing.',
      keep: (model: string) => `Keep ${model}`,
      keepReason: (kept: string, candidate: string) => `Kept ${kept} in use, not ${candidate}.`,
      use: 'Use this model…',
    },
    change: {
      menu: (model: string) => `More for ${model}`,
      rename: 'Rename…',
      remove: 'Remove…',
      removeInUse: (model: string) => `${model} is in use. Put another model in use before you remove it.`,
      renameTitle: (model: string) => `Rename ${model}`,
      renameText: 'Reports and suggestions show the new name. The audit trail keeps the old one.',
      name: 'Name',
      taken: 'Another model has this name, or a removed one had it.',
      save: 'Rename',
      renamed: (name: string) => `The model is now called ${name}.`,
      removeTitle: (model: string) => `Remove ${model}`,
      removeText:
        'Its suggestions are shown no more: images show those of another model, or none. Nothing is deleted; restored, it is as before. Openings of test sets stay on record.',
      removeAction: 'Remove the model',
      reasonHint: 'Saved in the audit trail.',
      removed: (model: string, images: number) =>
        `${model} removed, with its suggestions for ${images} ${images === 1 ? 'image' : 'images'}.`,
      removedTitle: 'Removed models',
      restore: (model: string) => `Restore ${model}`,
      restored: (model: string) => `${model} restored.`,
    },
    promoteTitle: (model: string) => `Use ${model}`,
    promoteConsequence: (model: string, used: string | null) =>
      used === null
        ? `${model} becomes the default model.`
        : `${model} becomes the default model and replaces ${used}. Existing suggestions are not changed.`,
    promote: 'Use this model',
    promoted: (model: string | null) => (model === null ? 'No model is in use.' : `In use: ${model}.`),
    rollBackTitle: 'Undo last promotion',
    rollBackConsequence: (used: string | null) =>
      `${used ?? 'No model'} becomes the default model again. Existing suggestions are not changed.`,
    rollBack: 'Undo promotion',
    reasonHint: 'Saved in the model’s history and in the audit trail.',
    saved: (threshold: string) =>
      `Operating point ${threshold} saved. It applies to suggestions made from now on.`,
    written: (path: string) => `Written to ${path}`,
    importing: {
      title: 'Import model',
      name: 'Name in this workspace',
      hint: 'Leave empty to use the name in the package.',
      about: (model: string, at: string, recipe: string, classifiers: number) =>
        `Model ${model}, trained ${at} with the recipe ${recipe}, ${classifiers} classifiers.`,
      card: 'Model card',
      noCard: 'Packages of this format have no model card.',
      note: 'The package is verified before anything is imported. Images that the model was trained on are recognised by their content; for them, only classifiers that were not trained on them are used.',
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
        md: {
          label: 'Model card',
          hint: 'What the model is for, how it was trained and tested, and its limits, as Markdown. Names readers who labelled, promoted or answered.',
        },
        zip: {
          label: 'Model package',
          hint: 'Classifiers, recipe, report and model card in one verified file, for another workspace or computer. Contains no images.',
        },
      },
      name: 'File name',
      wrongName: 'A file name cannot contain \\ / : * ? " < > |',
      folder: 'Folder',
      willBe: (path: string) => `Will be written to ${path}.`,
      write: 'Save',
    },
    figures: {
      showCase: (name: string) => `Show the images of ${name}`,
    },
    point: {
      title: reportWords.roc.title,
      none: 'An operating point needs at least one carcinoma class and one other class, and images of both.',
      plotLabel: reportWords.roc.label,
      across: reportWords.roc.across,
      up: reportWords.roc.up,
      handle: 'Operating point on the curve',
      handleValue: (threshold: string, sensitivity: string, specificity: string) =>
        `Score at least ${threshold}: sensitivity ${sensitivity}, specificity ${specificity}`,
      hint: 'Drag the disc along the curve, or move it one image at a time with the arrow keys. The hollow diamond is the saved operating point.',
      auc: reportWords.roc.auc,
      threshold: 'Carcinoma if the score is at least',
      slider: 'Threshold of the carcinoma score',
      wrong: 'Enter a number from 0 to 1',
      published: 'Published operating point',
      figures: 'Out of fold',
      at: (threshold: string) => `At ${threshold}`,
      savedAt: (threshold: string) => `Saved: ${threshold}`,
      interval95: '95 %',
      interval: reportWords.interval,
      images: 'Images',
      partOf: (part: string, whole: string) => `${part} of ${whole}`,
      shares: reportWords.shares,
      wilsonNote: `${reportWords.wilsonNote} Predictive values apply only at the proportion of carcinoma among these images.`,
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
      title: reportWords.confusion.title,
      caption: reportWords.confusion.caption,
      corner: reportWords.confusion.corner,
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
      none: 'No model has been promoted.',
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
  },
} as const
