import { recipes, type ClassScheme, type Recipe } from '../../electron/contract/index.ts'
import type { NewImage, NewModel } from '../../electron/store/index.ts'

/** An image to be stored: one pixel, everything else unknown; a test can override each part. */
export const newImage = (sha256: string, said: Partial<NewImage> = {}): NewImage => ({
  sha256,
  path: `/pictures/${sha256}.png`,
  byteCount: 1,
  format: 'png',
  widthPx: 1,
  heightPx: 1,
  pixelSizeUm: null,
  pixelSizeSource: 'none',
  synthetic: false,
  caseName: null,
  page: 1,
  copiedPath: null,
  ...said,
})

/**
 * A model to be stored: of the recipe "quick", untrained, without boosters and folds; a test can override each
 * part.
 */
export const newModel = (classes: ClassScheme, said: Partial<NewModel> = {}): NewModel => ({
  name: 'm',
  recipe: recipes['quick'] as Recipe,
  recipeFingerprint: 'f',
  weights: 'untrained',
  encoderFingerprints: { resnet50: 'w' },
  classes,
  cases: 1,
  groupedBy: 'case',
  imagesWithoutCase: 0,
  accuracy: 0.5,
  foldAccuracies: [0, 1],
  durationMs: 1,
  software: {},
  boosters: [],
  folds: [],
  ...said,
})

/** The record of a booster in a model, by default the first of its kind. */
export const boosterRecord = (textSha256: string): NewModel['boosters'][number] => ({
  kind: 'lightgbm',
  encoder: 'resnet50',
  cropSet: 0,
  fold: 0,
  seed: 0,
  textSha256,
})
