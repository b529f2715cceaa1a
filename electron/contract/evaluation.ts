import { z } from 'zod'
import { anyClassName, count, filePath, fraction, percentage } from './atoms.ts'
import { call } from './call.ts'

/** Two ends of a 95 % confidence interval. */
const interval = z.object({ low: z.number(), high: z.number() })

/**
 * Two-class figures at one threshold: positive if the score is at least the threshold. A share with an empty
 * denominator (such as the sensitivity without positives) is null.
 */
export const operatingPointSchema = z.object({
  threshold: z.number(),
  sensitivity: fraction.nullable(),
  specificity: fraction.nullable(),
  /** Positive predictive value. */
  ppv: fraction.nullable(),
  /** Negative predictive value. */
  npv: fraction.nullable(),
  accuracy: fraction,
  truePositives: count,
  falseNegatives: count,
  trueNegatives: count,
  falsePositives: count,
  /** Wilson intervals; they treat the rows as independent (`bootstrap` does not). */
  intervals: z.object({
    sensitivity: interval.nullable(),
    specificity: interval.nullable(),
    ppv: interval.nullable(),
    npv: interval.nullable(),
    accuracy: interval,
  }),
})
export type OperatingPoint = z.infer<typeof operatingPointSchema>

export const rocPointSchema = z.object({
  /** Positive if the score is at least this; null: above every score, so that no row is positive. */
  threshold: z.number().nullable(),
  falsePositiveRate: fraction,
  truePositiveRate: fraction,
})
export type RocPoint = z.infer<typeof rocPointSchema>

export const missSchema = z.object({
  /** The image; by case, the case. */
  name: z.string(),
  truth: z.string(),
  predicted: z.string(),
  score: fraction.nullable(),
  /** A positive row that is called negative at the threshold 0.50. */
  missedPositive: z.boolean(),
})
export type Miss = z.infer<typeof missSchema>

const figures = {
  accuracy: fraction,
  /** Wilson. */
  accuracyInterval: interval,
  /** Rows truth, columns predicted, in the order of `classes`. */
  confusion: z.array(z.array(count)),
  /** Area under the ROC; null without a score, without positive classes, or if all rows are positive or all negative. */
  auc: fraction.nullable(),
  roc: z.array(rocPointSchema).nullable(),
  operatingPoints: z.array(operatingPointSchema),
  /** Positives called negative at 0.50, counted by their class; null where no class is positive. */
  missed: z.record(z.string(), count).nullable(),
  /** Every error: a predicted class other than the truth, or a positive called negative. */
  misses: z.array(missSchema),
}
export const figuresSchema = z.object(figures)
export type Figures = z.infer<typeof figuresSchema>

export const reliabilityBinSchema = z.object({
  /** Probabilities above `low` and up to `high`; the first bin includes its lower end. */
  low: z.number(),
  high: z.number(),
  count,
  /** Mean predicted probability. */
  predicted: fraction,
  /** Observed frequency. */
  observed: fraction,
})
export type ReliabilityBin = z.infer<typeof reliabilityBinSchema>

export const calibrationFiguresSchema = z.object({
  reliability: z.array(reliabilityBinSchema),
  expectedCalibrationError: fraction,
  brier: z.number().nonnegative(),
  logLoss: z.number().nonnegative(),
})
export type CalibrationFigures = z.infer<typeof calibrationFiguresSchema>

export const calibrationSchema = z.object({
  /**
   * What the probabilities describe: `largest`: that the suggested class is correct; `positive`: carcinoma (the
   * carcinoma score).
   */
  of: z.enum(['largest', 'positive']),
  before: calibrationFiguresSchema,
  /** Each fold with the temperature fitted on the others; null with fewer than 2 folds. */
  after: calibrationFiguresSchema.nullable(),
  /** In the order of `folds`; null with fewer than 2 folds. */
  temperaturePerFold: z.array(z.number().positive()).nullable(),
  /** Fitted on all rows: for new images. */
  temperature: z.number().positive(),
})
export type Calibration = z.infer<typeof calibrationSchema>

export const conformalSchema = z.object({
  /** Required coverage of each class, such as 0.9. */
  level: fraction,
  /** Share of rows whose set contains the truth, each fold calibrated on the others. */
  coverage: fraction,
  /** By class, in the order of `classes`; null for a class without rows. */
  coveragePerClass: z.array(fraction.nullable()),
  /** How many sets have 0, 1, ... k classes. */
  setSizes: z.array(count),
  /** A class is in the prediction set of a new image if its probability is at least this; from all rows. */
  minimumProbabilities: z.array(fraction),
})
export type Conformal = z.infer<typeof conformalSchema>

/** Figures of out-of-fold predictions, by image and by case. Shares are 0..1 unless noted otherwise. */
export const evaluationReportSchema = z.object({
  images: count,
  /** null: no image has a case. */
  cases: count.nullable(),
  /** In `byCase` and `bootstrap` each is a case of its own. */
  imagesWithoutCase: count,
  /** Cases with images in more than one fold: the model was trained on images of the patient. */
  casesAcrossFolds: count,
  classes: z.array(z.string()),
  /** Those of `classes` that count as carcinoma. */
  positive: z.array(z.string()),
  folds: z.array(z.string()),
  /** Accuracy of each fold in percent, as the paper's Table 1 prints it, in the order of `folds`. */
  perFold: z.array(percentage),
  /** Mean of `perFold`, percent. */
  mean: percentage,
  /** Population standard deviation of `perFold`, percentage points. */
  std: z.number().nonnegative(),
  ...figures,
  /** The two-class accuracy at 0.50, as `perFold`, `mean` and `std`; null without a score. */
  twoClass: z
    .object({ perFold: z.array(percentage), mean: percentage, std: z.number().nonnegative() })
    .nullable(),
  /** 95 % percentile intervals from resampled cases (from images if there are no cases). */
  bootstrap: z.object({
    over: z.enum(['case', 'image']),
    resamples: count,
    seed: count,
    accuracy: interval,
    /** From the resamples that have positive and negative rows. */
    auc: interval.nullable(),
  }),
  /** Of the class probabilities, then of the carcinoma score, as far as the table has them. */
  calibration: z.array(calibrationSchema),
  /** Prediction sets at 90 and 95 %; empty without class probabilities or with fewer than 2 folds. */
  conformal: z.array(conformalSchema),
  /**
   * The same by case; null if no image has one. A case has the mean of its images' probabilities and
   * scores, and the class of its worst image. `mixed`: cases whose images differ in class.
   */
  byCase: figuresSchema.extend({ mixed: count }).nullable(),
})
export type EvaluationReport = z.infer<typeof evaluationReportSchema>

export const evaluationCalls = {
  'evaluation.table': call({
    input: z.strictObject({
      path: filePath,
      /** Classes that count as carcinoma; null: those of the default scheme. */
      positive: z.array(anyClassName.min(1)).max(1000).nullable(),
      /** Of the operating points. */
      thresholds: z.array(fraction).max(100),
    }),
    output: evaluationReportSchema,
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
}
