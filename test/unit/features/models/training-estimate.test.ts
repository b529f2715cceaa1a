import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  changeRecipe,
  parseClassScheme,
  recipes,
  type Recipe,
  type TrainingEstimate,
} from '../../../../electron/contract/index.ts'
import { descriptorFiles } from '../../../../electron/engine/descriptors/index.ts'
import type { ComputeClient } from '../../../../electron/compute/client.ts'
import { trainingBytes } from '../../../../electron/features/models/training-space.ts'
import { estimateTraining } from '../../../../electron/features/models/training-estimate.ts'
import {
  createWorkspace,
  insertImage,
  insertModel,
  insertVerdict,
  listModelVerdicts,
  readEvaluation,
  type OpenWorkspace,
} from '../../../../electron/store/index.ts'
import { newImage, newModel } from '../../../support/rows.ts'
import { setLabels } from '../../../support/at-once.ts'

const classes = parseClassScheme('Benign,Malignant*')
let root: string
let store: OpenWorkspace
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-estimate-'))
  store = createWorkspace(join(root, 'w'), classes, 'test')
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const hash = (digit: number): string => String(digit).repeat(64)
const addImage = (digit: number, pixelSizeUm: number | null = null): number =>
  insertImage(store.database, newImage(hash(digit), { widthPx: 2000, heightPx: 1600, pixelSizeUm }))
const label = (imageId: number): void =>
  setLabels(store.database, [imageId], 'Benign', { reader: 'ada', comment: null })

/** ResNet-50 is installed; nothing else. */
const compute = {
  run: () => Promise.resolve([{ name: 'resnet50', fingerprint: 'w'.repeat(64) }]),
} as unknown as ComputeClient
const estimate = (recipe: Recipe): Promise<TrainingEstimate> =>
  estimateTraining({ recipe, regions: false }, { workspace: store, compute, homeDirectory: root })
const quick = recipes['quick'] as Recipe
const crops = changeRecipe(quick, {
  mode: 'crops',
  crops: [
    { sizePx: 400, scale: 0.5 },
    { sizePx: 200, scale: 0.5 },
  ],
})

it('counts the images to encode, in areas of crops of 400 px', async () => {
  label(addImage(1))
  label(addImage(2))
  addImage(3)
  const found = await estimate(crops)
  // 4 augmentations, 20 crops of 400 px (one area each) and 20 of 200 px (a quarter each), of 2 images.
  expect(found.encoders).toEqual([{ encoder: 'resnet50', images: 2, crops400: 2 * 4 * (20 + 5) }])
  expect(found.boosters).toBe(2 * 5)
  expect(found.images).toBe(2)
  expect(found.bytes).toBe(trainingBytes(2, 2, crops))
  expect(found.freeBytes).toBeGreaterThan(0)
})

it('counts the whole image once for each scale in dense mode', async () => {
  label(addImage(1))
  // Half scale: 1000 x 800 px are 5 areas.
  expect((await estimate(quick)).encoders).toEqual([{ encoder: 'resnet50', images: 1, crops400: 4 * 5 }])
  label(addImage(2, 0.42))
  expect((await estimate(quick)).encoders[0]?.crops400).toBeCloseTo(2 * 4 * 5, 10)
})

it('leaves out encoded images, and counts all of them for a missing encoder', async () => {
  label(addImage(1))
  label(addImage(2))
  const both = changeRecipe(crops, { encoders: ['resnet50', 'vgg16'] })
  const directory = store.folders.descriptors
  const files = descriptorFiles(directory, hash(1), crops, { resnet50: 'w'.repeat(64) })
  for (const [index, file] of files.entries()) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, '')
    const left = index === 0 ? 1 * 4 * 5 : 0
    expect((await estimate(both)).encoders).toEqual([
      { encoder: 'resnet50', images: index === 0 ? 2 : 1, crops400: 4 * 25 + left },
      { encoder: 'vgg16', images: 2, crops400: 2 * 4 * 25 },
    ])
  }
})

it('leaves out images whose descriptors of the recipe without conversion to sRGB will serve', async () => {
  label(addImage(1))
  expect((await estimate(crops)).encoders).toHaveLength(1)
  const { colour: _, ...before } = crops
  const weights = { resnet50: 'w'.repeat(64) }
  for (const file of descriptorFiles(store.folders.descriptors, hash(1), before, weights)) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, '')
  }
  expect((await estimate(crops)).encoders).toEqual([])
})

it('gives the newest prediction of a model for each image, and the interval of its report', () => {
  const { database } = store
  const [a, b] = [addImage(1), addImage(2)]
  const accuracy = { low: 0.25, high: 0.75 }
  const report = { evaluation: { bootstrap: { over: 'case', accuracy } } } as never
  const first = insertModel(database, newModel(classes, { name: 'first', report }))
  const second = insertModel(database, newModel(classes, { name: 'second' }))
  const say = (imageId: number, modelId: number, suggested: string, carcinomaScore: number | null): void =>
    insertVerdict(database, {
      imageId,
      modelId,
      suggested,
      probabilities: {},
      carcinomaScore,
      outOfFold: imageId === a,
      boosters: 1,
      flags: [],
    })
  say(a, first, 'Benign', 0.2)
  say(b, first, 'Malignant', null)
  say(a, second, 'Malignant', 0.9)
  say(a, first, 'Malignant', 0.6)
  expect(listModelVerdicts(database, first)).toMatchObject([
    { imageId: a, suggested: 'Malignant', carcinomaScore: 0.6, outOfFold: true },
    { imageId: b, suggested: 'Malignant', carcinomaScore: null, outOfFold: false },
  ])
  expect(readEvaluation(database, first)?.bootstrap).toEqual({ over: 'case', accuracy })
  expect(readEvaluation(database, second)).toBeNull()
})
