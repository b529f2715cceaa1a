import { untrainedWarning, unverifiedWarning, type WeightsSource } from '../../contract/index.ts'
import { classifierWords, reportWords } from '../words.ts'
import { counted, type ReportFormat } from '../format.ts'
import { inUseSentence } from '../model/in-use.ts'
import { chosenPoint } from '../model/figures.ts'
import { outlookSentences } from '../model/learning-curve.ts'
import { trustItems } from '../model/trust.ts'
import { modelLeakAnswer } from '../leaks.ts'
import type { EvidenceRecord } from './record.ts'

type Facts = (record: EvidenceRecord, format: ReportFormat) => string[]

const range = ({ low, high }: { low: number; high: number }, show: (value: number) => string): string =>
  reportWords.interval(show(low), show(high))

/** A reason is followed by the end of our own sentence. */
const withoutPeriod = (text: string): string => text.replace(/\.$/, '')

const initialWeights: Readonly<Record<WeightsSource, string>> = {
  official: 'Encoders keep the published weights of their ImageNet training and are not trained further.',
  unofficial: 'Encoders keep weights that are not the published ones, and are not trained further.',
  own: 'Encoders were brought by the lab, keep the weights of their makers, and are not trained further.',
  unverified: unverifiedWarning,
  untrained: untrainedWarning,
}

/** What is known of the model, by the name under which checklists ask for it. */
export const modelFacts = {
  technique: ({ report: { recipe } }) => [
    `Descriptors of convolutional networks (${recipe.encoders.join(', ')}), classified by ${classifierWords(recipe)}.`,
  ],
  intendedUse: ({ report }) => [report.intendedUse, report.researchUse],
  preprocessing: ({ report: { recipe } }, format) => {
    if (recipe.external !== undefined) {
      return [
        `The descriptors were computed by another program and imported as "${recipe.external.name}"; how the images were prepared is not known here.`,
      ]
    }
    const { stain, augmentation, crops } = recipe
    const [low, high] = augmentation.gainRange
    const sets = crops.sets.map(({ sizePx, scale }) => `${sizePx} px at scale ${format.number(scale)}`)
    return [
      `Images are read as 8-bit RGB${recipe.colour === 'srgb' ? ', converted to sRGB by the colour profile of the file' : ''}, resampled by bicubic convolution to the pixel size of the recipe, and stain-normalised after Macenko (transmitted light ${stain.transmittedLight}, tissue threshold ${stain.tissueThreshold}).`,
      `Augmentation: ${counted(format, augmentation.count, 'variant')} of each image with stain gains from ${low} to ${high}; ${counted(format, crops.count, 'crop')} each at ${sets.join(', ')}, turned and flipped at random.${recipe.mode === 'dense' ? ' Each variant is encoded as a whole, and crops are averages over parts of its map.' : ''}`,
    ]
  },
  predictors: ({ report }, format) => [
    `The predictors are the pooled descriptors of the whole image, computed by ${report.recipe.encoders.join(', ')} without a choice among them. No clinical data are used.`,
    `Crop descriptors are pooled with the norm ${format.number(report.recipe.poolingNorm)}.`,
    ...(report.recipe.classifier === 'logistic' ? [] : ['Boosted trees use each descriptor as it is.']),
    ...(report.recipe.classifier === undefined
      ? []
      : ['Logistic regressions standardise each descriptor on the training rows.']),
  ],
  initialisation: ({ report }) => [
    report.recipe.external === undefined
      ? initialWeights[report.weights]
      : 'The descriptors come from another program; its weights are not known here.',
    ...Object.entries(report.encoderFingerprints).map(([name, print]) => `Weights of ${name}: ${print}.`),
  ],
  partition: ({ report }, format) => [
    `Cross-validation with ${counted(format, report.recipe.folds, 'fold')}, stratified by class, by ${report.groupedBy}; each image is predicted only by classifiers that were not trained on its fold.`,
    report.evaluation.casesAcrossFolds === 0
      ? 'No case is in more than one fold.'
      : `${counted(format, report.evaluation.casesAcrossFolds, 'case')} have images in several folds, so the figures are too high.`,
  ],
  leaks: ({ report }, format) =>
    report.leaks === undefined ? [] : [`Leaks: ${modelLeakAnswer(report.leaks, format).answer}`],
  building: ({ report }, format) => {
    const { recipe } = report
    const { boosting } = recipe
    const isBoosted = recipe.classifier !== 'logistic'
    return [
      `Recipe "${recipe.name}" (${report.recipeFingerprint}): ${counted(format, report.boosters, 'classifier')}, ${classifierWords(recipe)}, ${counted(format, recipe.seeds, 'seed')}.`,
      ...(isBoosted
        ? [
            `LightGBM: learning rate ${boosting.learning_rate}, ${boosting.rounds} rounds, ${boosting.num_leaves} leaves, depth ${boosting.max_depth}, feature fraction ${boosting.feature_fraction}, fixed in advance.`,
          ]
        : []),
      ...(recipe.classifier === undefined
        ? []
        : ['Logistic regression: the penalty is chosen for each fold within its training cases.']),
    ]
  },
  tried: ({ report, promotions }, format) => {
    const earlier = report.leaks?.earlierModels
    return [
      ...(earlier === undefined
        ? []
        : [
            earlier === 0
              ? 'No model was trained before on mostly the same images.'
              : `${counted(format, earlier, 'model')} ${earlier === 1 ? 'was' : 'were'} trained before on mostly the same images.`,
          ]),
      ...promotions.map(
        ({ at, reader, reason, withdrawn }) =>
          `Put in use on ${format.date(at)} by ${reader ?? 'the program'}${withdrawn === null ? '' : ', undone later'}${reason === null ? '' : `: ${withoutPeriod(reason)}`}.`,
      ),
    ]
  },
  ensemble: () => [
    'Probabilities are averaged with equal weights over seeds, folds, augmentations, kinds of classifiers, encoders and crop sizes.',
  ],
  software: ({ report }) => [
    Object.entries(report.software)
      .map((entry) => entry.join(' '))
      .join(', '),
  ],
  imbalance: ({ report }, format) => [
    `The largest class has ${format.percent(report.derived.guessing.largestShare)} of the images. Classes are neither weighted nor resampled; folds are stratified by class.`,
  ],
  output: ({ report }) => [
    `Probabilities of ${report.evaluation.classes.join(', ')}, calibrated by temperature scaling, and a prediction set; the suggested class is the most probable one.`,
    ...(report.evaluation.positive.length === 0
      ? []
      : ['Carcinoma score: the largest probability of a carcinoma class against that of the others.']),
  ],
  threshold: ({ report, pointChosen }, format) => {
    if (report.evaluation.positive.length === 0) return []
    const why =
      pointChosen === null
        ? 'the default, never changed'
        : `chosen on ${format.date(pointChosen.at)} by ${pointChosen.reader ?? 'an unknown reader'}${pointChosen.reason === null ? ', no reason recorded' : `: ${withoutPeriod(pointChosen.reason)}`}`
    return [`Operating point of the carcinoma score: ${format.threshold(report.operatingPoint)} (${why}).`]
  },
  measures: () => [
    'Accuracy, balanced accuracy, Matthews correlation, confusion matrix, ROC, sensitivity, specificity and predictive values at operating points; Brier score, expected calibration error, calibration slope and intercept, reliability diagram; coverage of prediction sets; decision curve. Intervals resample cases.',
  ],
  performance: ({ report }, format) => {
    const { evaluation, derived } = report
    const { accuracy, auc, over } = evaluation.bootstrap
    const point = chosenPoint(report)
    const share = (value: number | null): string => (value === null ? 'not known' : format.percent(value))
    return [
      `Out-of-fold accuracy ${format.percent(evaluation.accuracy)} (95 % over ${over}s: ${range(accuracy, format.percent)}); balanced accuracy ${format.percent(derived.balancedAccuracy)}, Matthews correlation ${format.setPoint(derived.mcc)}.`,
      ...(evaluation.auc === null
        ? []
        : [
            `AUC of the carcinoma score ${format.score(evaluation.auc)}${auc === null ? '' : ` (95 % over ${over}s: ${range(auc, format.score)})`}.`,
          ]),
      ...(point === null
        ? []
        : [
            `At the operating point: sensitivity ${share(point.sensitivity)}, specificity ${share(point.specificity)}.`,
          ]),
      ...(evaluation.byCase === null
        ? []
        : [`By case, accuracy is ${format.percent(evaluation.byCase.accuracy)}.`]),
    ]
  },
  folds: ({ report: { evaluation } }, format) => [
    `Accuracy by fold: ${evaluation.perFold.map((value) => format.percent(value / 100)).join(', ')} (mean ${format.percent(evaluation.mean / 100)}, standard deviation ${format.oneDecimal(evaluation.std)} points).`,
  ],
  calibration: ({ report }, format) => {
    const { evaluation, derived } = report
    return [
      ...evaluation.calibration.map(({ of, before, after, temperature }) => {
        const what = of === 'largest' ? 'suggested class' : 'carcinoma score'
        const shown = (figures: typeof before): string =>
          `Brier ${format.score(figures.brier)}, expected calibration error ${format.score(figures.expectedCalibrationError)}`
        return `Probability of the ${what}: ${shown(before)}${after === null ? '' : `; after temperature scaling (${format.setPoint(temperature)}) ${shown(after)}`}.`
      }),
      ...(derived.recalibration === null
        ? []
        : [
            `Calibration slope ${format.setPoint(derived.recalibration.slope)}, intercept ${format.setPoint(derived.recalibration.intercept)}.`,
          ]),
      ...evaluation.conformal.map(
        ({ level, coverage }) =>
          `Prediction sets made for ${format.wholePercent(level)} contained the label in ${format.percent(coverage)} of the images.`,
      ),
    ]
  },
  failures: ({ report: { evaluation, predictions } }, format) => {
    const { classes, confusion, missed } = evaluation
    const wrong = predictions.filter(({ truth, predicted }) => truth !== predicted).length
    const pairs = classes
      .flatMap((truth, row) =>
        classes.map((predicted, column) => ({
          truth,
          predicted,
          images: row === column ? 0 : (confusion[row]?.[column] ?? 0),
        })),
      )
      .filter(({ images }) => images > 0)
      .toSorted((a, b) => b.images - a.images)
    return [
      `${format.count(wrong)} of ${counted(format, predictions.length, 'image')} were suggested another class than their label${pairs.length === 0 ? '' : `: ${pairs.map(({ truth, predicted, images }) => `${truth} as ${predicted} ${format.count(images)}`).join(', ')}`}. The report shows each of them.`,
      ...(missed === null
        ? []
        : [
            `Carcinoma missed at 0.50: ${Object.entries(missed)
              .map(([name, images]) => `${name} ${format.count(images)}`)
              .join(', ')}.`,
          ]),
    ]
  },
  limits: (record, format) =>
    trustItems(record.report, format)
      .filter(({ tone }) => tone === 'warning')
      .map(({ question, answer }) => `${question} ${answer}`),
  sampleSize: ({ report }, format) =>
    report.learningCurve === null ? [] : outlookSentences(report.learningCurve, format),
  inUse: ({ inUse }, format) => [inUseSentence(inUse, format)],
  noUpdate: ({ report, pointChosen }, format) => {
    const [first] = report.testSets.flatMap(({ openings }) => openings.map(({ at }) => at)).toSorted()
    return [
      'Nothing is fitted to a test set: temperature and prediction sets stay those of the training.',
      ...(first !== undefined && pointChosen !== null && pointChosen.at > first
        ? [`The operating point was changed after the first test, on ${format.date(pointChosen.at)}.`]
        : []),
    ]
  },
  calculation: () => [
    'Predictions on test sets are made by all classifiers and augmentations of the model, as in use.',
  ],
  specification: ({ report }) => [
    `lobule models export writes the whole model with its classifiers (recipe ${report.recipeFingerprint}).`,
  ],
  badInput: ({ report }) => [
    'Files that cannot be read are refused. Images with too little tissue, out of focus, over- or under-exposed, with black areas, with an unusual stain, or of unknown or unusual pixel size are flagged.',
    report.likeness === undefined
      ? 'Whether an image is unlike the training images cannot be measured for this model.'
      : 'Images unlike the training images are flagged.',
  ],
  interaction: () => [
    'A person chooses the images, sees the suggestion with its probability, prediction set and flags, and gives the label.',
  ],
  heatMaps: () => ['Heat maps show which parts of an image support a class (docs/explanation.md).'],
} satisfies Record<string, Facts>
