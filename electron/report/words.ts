/** Words that both the written report and the interactive views of the page use. */
export const reportWords = {
  shares: {
    sensitivity: 'Sensitivity',
    specificity: 'Specificity',
    ppv: 'Positive predictive value',
    npv: 'Negative predictive value',
    accuracy: 'Accuracy',
  },
  wilsonNote:
    'Wilson intervals assume independent images. Images of one case are correlated, so the true uncertainty is larger.',
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

/** The names of the shares of an operating point where a column must be narrow. */
export const shareColumns = ['Sensitivity', 'Specificity', 'PPV', 'NPV', 'Accuracy'] as const
