import { researchUseSentence, type Explanation } from '../../electron/contract/index.ts'

/** A heat map of two squares side by side; a test can override each part. */
export const newExplanation = (said: Partial<Explanation> = {}): Explanation => ({
  imageId: 1,
  fileName: '1.png',
  sha256: 'a'.repeat(64),
  synthetic: false,
  widthPx: 200,
  heightPx: 100,
  pixelSizeUm: null,
  modelId: 1,
  modelName: 'model 1',
  weights: 'official',
  mode: 'dense',
  outOfFold: false,
  boosters: 5,
  rows: 1,
  columns: 2,
  cellWidthPx: 100,
  cellHeightPx: 100,
  squares: [{ encoder: 'resnet50', squarePx: 800, windowPx: 400, stepPx: 200 }],
  classes: ['Benign', 'Malignant'],
  leading: 'Benign',
  probabilities: [[[0.75, 0.5]], [[0.25, 0.5]]],
  researchUse: researchUseSentence,
  ...said,
})
