import { researchUseSentence, slideAlgorithm, type SlideAnalysis } from '../../electron/contract/index.ts'
import { summarise } from '../../electron/engine/slides/summarise.ts'
import type { SlideMap } from '../../electron/engine/slides/slide-map.ts'

/** Three classes, two of them not carcinoma: `b`, `n` and, positive, `c`. */
export const drawnClasses = ['Benign', 'Normal', 'Carcinoma']

const of: Record<string, readonly number[]> = {
  b: [0.75, 0.125, 0.125],
  n: [0.125, 0.75, 0.125],
  c: [0.125, 0.125, 0.75],
}

/**
 * A map drawn as text, a letter for each place and a point for none: 100 um between places with an edge of 200 um, 0.5 um
 * a pixel, so that places have an edge of 400 px and are 200 px apart; a place represents 0.01 mm2, all of it tissue.
 */
export function drawnMap(rows: readonly string[], said: Partial<SlideMap> = {}): SlideMap {
  const columns = rows[0]?.length ?? 1
  const letters = Array.from(rows.join('')).flatMap((letter, cell) =>
    letter === '.' ? [] : { letter, cell },
  )
  return {
    imageSha256: 'a'.repeat(64),
    widthPx: (columns + 1) * 200,
    heightPx: (rows.length + 1) * 200,
    pixelSizeUm: 0.5,
    grid: { rows: rows.length, columns, strideUm: 100, placeUm: 200 },
    classes: drawnClasses,
    isPositive: [false, false, true],
    cells: Int32Array.from(letters, ({ cell }) => cell),
    probabilities: Float32Array.from(letters.flatMap(({ letter }) => of[letter] ?? [])),
    likeness: null,
    tissueShare: new Float32Array(letters.length).fill(1),
    augmentations: null,
    ...said,
  }
}

/** The analysis that belongs to a map; a test can override each part. */
export const newSlideAnalysis = (map: SlideMap, said: Partial<SlideAnalysis> = {}): SlideAnalysis => ({
  id: 1,
  imageId: 1,
  fileName: 'slide.svs',
  sha256: map.imageSha256,
  synthetic: false,
  widthPx: map.widthPx,
  heightPx: map.heightPx,
  pixelSizeUm: map.pixelSizeUm,
  modelId: 1,
  modelName: 'model 1',
  weights: 'official',
  grid: map.grid,
  region: null,
  effort: null,
  tissueSource: 'found',
  maskSha256: 'a'.repeat(64),
  outOfFold: false,
  classes: [...map.classes],
  places: map.cells.length,
  summary: summarise(map, { tissueMm2: 1, threshold: 0.5 }),
  suggestion: null,
  algorithm: slideAlgorithm,
  mapSha256: 'b'.repeat(64),
  at: '2026-12-01T00:00:00.000Z',
  durationMs: 1000,
  researchUse: researchUseSentence,
  ...said,
})
