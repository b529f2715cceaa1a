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
  const letters = [...rows.join('')].flatMap((letter, cell) => (letter === '.' ? [] : { letter, cell }))
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
    ...said,
  }
}
