import type { ClassifierChoice, Recipe } from '../contract/index.ts'

/** Words that both the written report and the interactive views of the page use. */
export const reportWords = {
  shares: {
    sensitivity: 'Sensitivity',
    specificity: 'Specificity',
    ppv: 'Positive predictive value',
    npv: 'Negative predictive value',
    accuracy: 'Accuracy',
  },
  /** The suggested class, or the classes that the prediction set leaves open (`headlineOf`). */
  result: (classes: readonly string[]): string =>
    classes.length < 2
      ? (classes[0] ?? '')
      : `Undecided: ${classes.slice(0, -1).join(', ')} or ${classes.at(-1) ?? ''}`,
  spread: {
    /** Two decimals would read as certainty below 0.005. */
    text: (value: number, twoDecimals: (value: number) => string): string =>
      value < 0.005 ? '< 0.01' : twoDecimals(value),
    tooFew: (count: number, what: string): string => `Not measurable from ${count} ${what}`,
  },
  wilsonNote:
    'Wilson intervals assume independent images. Images of one case are correlated, so the true uncertainty is larger.',
  /** Of the agreement between readers: it must not seem better because images were removed. */
  removedFromAgreement: (count: number, text: string): string =>
    `Not compared: ${text} removed ${count === 1 ? 'image' : 'images'} with labels of two readers or more.`,
  interval: (low: string, high: string): string => `${low} to ${high}`,
  confusion: {
    title: 'Confusion matrix',
    caption: 'Out-of-fold results by image. Rows: label. Columns: suggested class. Percent of the row.',
    corner: 'Label',
  },
  roc: {
    title: 'ROC of the carcinoma score, by image',
    label: (auc: string): string =>
      `ROC curve, area ${auc}. The table of operating points contains the same values.`,
    across: '1 − specificity',
    up: 'Sensitivity',
    auc: (auc: string): string => `Area under the curve ${auc}.`,
  },
} as const

const classifierNames: Readonly<Record<ClassifierChoice, string>> = {
  lightgbm: 'boosted trees (LightGBM)',
  logistic: 'logistic regression',
  both: 'boosted trees (LightGBM) and logistic regression, averaged',
}

/** The kind of classifiers of a recipe's models. */
export const classifierWords = ({ classifier }: Pick<Recipe, 'classifier'>): string =>
  classifierNames[classifier ?? 'lightgbm']

/** What becomes of the colour profiles of pictures. */
export const colourWords = ({ colour }: Pick<Recipe, 'colour'>): string =>
  colour === 'srgb'
    ? 'converted to sRGB by the colour profile of the file'
    : 'as in the file, without its colour profile'

/** The names of the shares of an operating point where a column must be narrow. */
export const shareColumns = ['Sensitivity', 'Specificity', 'PPV', 'NPV', 'Accuracy'] as const
