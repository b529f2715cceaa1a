import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256OfFile } from '../../electron/base/sha256.ts'
import { recipes, type Recipe } from '../../electron/contract/index.ts'
import { writePng } from '../../electron/engine/image/index.ts'
import { ReferenceCache } from '../../electron/engine/prediction/likeness-reference.ts'
import { BoosterCache } from '../../electron/engine/prediction/predict-ensemble.ts'
import { keyedGenerator } from '../../electron/engine/random/index.ts'
import type { SlideAnalysisRequest } from '../../electron/engine/slides/analyse-slide.ts'
import { allTissue } from './all-tissue.ts'
import { keepColourBooster, stainedPicture } from './pixel-encoder.ts'

/** Of the slide; um a pixel. */
export const [widthPx, heightPx] = [1600, 1200]
const pixelSizeUm = 0.5

/** Places of 64 pixels at 1 um, 64 um apart: 25 x 19 of them, in blocks of at most 256. */
export const recipe: Recipe = {
  ...(recipes['quick'] as Recipe),
  encoders: ['vgg16'],
  stainStep: 'none',
  crops: { sets: [{ sizePx: 64, workingPixelSizeUm: 1, scale: 0.5 }], count: 20 },
}

/** A dark half and a light one, with a disc of the other kind in each. */
export const isDark = (x: number, y: number): boolean =>
  x < 800 !== Math.hypot((x % 800) - 400, y - 600) < 150

/** A made-up slide and a model of dark and light in a new folder, as `analyseSlide` takes them. */
export async function darkAndLight(): Promise<{
  folder: string
  base: Omit<SlideAnalysisRequest, 'encoders' | 'directory' | 'draft'>
}> {
  const folder = mkdtempSync(join(tmpdir(), 'lobule-slide-'))
  const random = keyedGenerator('slide')
  const slide = stainedPicture(widthPx, heightPx, (pixel) => {
    const strength = isDark(pixel % widthPx, Math.floor(pixel / widthPx)) ? 1.6 : 0.5
    return [random.nextUniform(0.5, 1) * strength, random.nextUniform(0.2, 1) * strength]
  })
  const path = join(folder, 'slide.png')
  await writePng(slide, path)
  const rows = 200
  const labels = Array.from({ length: rows }, (_, i) => i % 2)
  const data = Float32Array.from({ length: rows * 3 }, (_, k) =>
    labels[Math.floor(k / 3)] === 1 ? random.nextUniform(60, 130) : random.nextUniform(150, 230),
  )
  const text = await keepColourBooster(folder, data, labels, 20)
  const base: Omit<SlideAnalysisRequest, 'encoders' | 'directory' | 'draft'> = {
    image: { path, page: 1, sha256: await sha256OfFile(path), pixelSizeUm },
    recipe,
    boosters: [{ kind: 'lightgbm', constituent: 0, fold: 0, seed: 0, ...text }],
    cache: new BoosterCache(),
    classes: ['light', 'dark'],
    isPositive: [false, true],
    threshold: 0.5,
    heldOutFold: null,
    reference: null,
    references: new ReferenceCache(),
    strideUm: 64,
    effort: 'fixed',
    region: null,
    findTissue: allTissue,
  }
  return { folder, base }
}
