import {
  qualityFlagWords,
  type EffortMade,
  type QualityFlag,
  type WeightsSource,
} from '../../electron/contract/index.ts'
import { formatCount, formatNumber, formatWholePercent } from './format.ts'
import { classifiers } from './counts.ts'

export const viewerStrings = {
  viewer: {
    title: 'Viewer',
    back: 'Back to the worklist',
    previous: 'Previous image',
    next: 'Next image',
    position: (index: number, count: number) => `${formatCount(index)} of ${formatCount(count)}`,
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    fit: 'Fit to window',
    actual: 'Actual size: one image pixel per screen pixel',
    actualShort: '1:1',
    rotate: 'Rotate by 90 degrees',
    ruler: 'Ruler: click and drag, or click twice. The line is saved with the regions.',
    fullScreen: 'Full screen, without the panel',
    leaveFullScreen: 'Leave full screen',
    noFullScreen: 'Full screen is not available for this window.',
    zoomLevel: 'Zoom',
    tools: 'Tools',
    magnification: (value: number) => `${formatNumber(value)}×`,
    magnificationHint: 'At 10×, one screen pixel shows 1 µm.',
    zoomSteps: 'Magnification steps',
    zoomOf: (zoom: string) => `Zoom ${zoom}`,
    canvas: 'Image. Drag, or press Shift and an arrow key, to move. Scroll to zoom.',
    failed: 'This image cannot be displayed. Its file may have been moved, changed or damaged.',
    gone: 'This image is not in the workspace.',
    pixelSizeUnknown: 'pixel size unknown',
    label: 'Label',
    labelFrom: (origin: string, when: string) => `${origin}, ${when}`,
    labelledBy: (reader: string, when: string) => `by ${reader}, ${when}`,
    unlabelled: 'No label yet',
    advance: 'Go to the next image after labelling',
    details: 'Image',
    file: 'File',
    case: 'Case',
    size: 'Size',
    sizePx: (widthPx: number, heightPx: number) => `${formatCount(widthPx)} × ${formatCount(heightPx)} px`,
    field: 'Field',
    pixelSize: 'Pixel size',
    micrometres: (value: number) => `${formatNumber(value)} µm`,
    millimetres: (widthMm: number, heightMm: number) =>
      `${formatNumber(widthMm)} × ${formatNumber(heightMm)} mm`,
    format: 'Format',
    imported: 'Imported',
    hash: 'SHA-256',
    unknown: 'unknown',
  },
  prediction: {
    suggested: 'Suggested class',
    probabilities: 'Probabilities',
    none: 'No suggestion yet.',
    noneHint: 'Classify this image with a trained model to see a suggested class.',
    classify: 'Classify this image',
    noModel: 'No model is in use. Train a model first, or choose one in Models.',
    untrainedTitle: 'UNTRAINED ENCODER',
    untrainedText:
      'The encoder of this suggestion is not trained. The suggestion only tests the program and is meaningless for the tissue.',
    tied: 'Several classes have the same highest probability; the first of them is shown. The model may not have learned anything.',
    unofficialText: 'The encoder does not use the official weights.',
    score: 'Carcinoma score',
    scoreHint:
      'Compares the largest carcinoma probability with the largest other probability. At 0.33 few carcinomas are missed; 0.50 is the balanced point.',
    scoreBelowBoth: 'Below 0.33: negative at both published operating points.',
    scoreBetween:
      'From 0.33 to below 0.50: positive at the sensitive operating point, negative at the balanced one.',
    scoreAboveBoth: '0.50 or more: positive at both published operating points.',
    scoreNone: 'No carcinoma score: it needs at least one carcinoma class and one other class.',
    predictionSet: (level: string) => `Prediction set (${level})`,
    predictionSetHint:
      'Classes that this image may belong to. The sets are made to contain the true class this often; the model’s report shows how often they did.',
    predictionSetEmpty: 'Empty: no class is probable enough',
    raw: 'Raw output',
    rawHint: 'Before calibration. The probabilities above are calibrated on out-of-fold predictions.',
    spreadBoosters: 'Spread over classifiers',
    spreadAugmentations: 'Spread over stains',
    augmentations: 'Augmentations',
    augmentationsHint:
      'Random variations of stain strength, rotation and crops; the suggestion is the average over them',
    augmentationsUsed: (used: number, { possible, settledAt }: EffortMade) => {
      const counts = `${formatCount(used)} of ${formatCount(possible)}`
      return settledAt === null
        ? counts
        : `${counts}; with ${formatWholePercent(settledAt)} confidence the rest would not change the class or the side`
    },
    byEncoder: (encoder: string) => `By ${encoder}`,
    operatingPoint: (threshold: string) => `Operating point ${threshold}`,
    positive: 'Positive side',
    negative: 'Negative side',
    outOfFold: 'The model was trained on this image; only classifiers that were not trained on it are used.',
    inEveryday: 'The model was not trained on this image; all classifiers are used.',
    boosters: 'Classifiers',
    average: (count: number) => (count === 1 ? '1 classifier' : `Mean of ${classifiers(count)}`),
    model: 'Model',
    weights: 'Encoder weights',
    at: 'Date',
    flags: 'Flags',
    noFlags: 'No flags',
    earlier: 'Earlier suggestions',
    differs: (label: string) => `The label is ${label}.`,
    agrees: 'Same as the label.',
  },
  sources: {
    official: 'Official',
    unofficial: 'Unofficial',
    untrained: 'Untrained',
    missing: 'Not installed',
  } satisfies Record<WeightsSource | 'missing', string>,
  flags: qualityFlagWords,
  flagMeasured: (flag: QualityFlag) =>
    flag.code === 'pixel-size-unknown'
      ? ''
      : `measured ${formatNumber(flag.measured)}, limit ${formatNumber(flag.threshold)}`,
} as const
