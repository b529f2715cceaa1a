import { at } from '../../../base/arrays.ts'
import {
  researchUseSentence,
  slideCaveatBeside,
  weightsWarning,
  type SlideAnalysis,
  carcinomaScore,
  placeGeometry,
  colourOf,
} from '../../../contract/index.ts'
import type { Raster } from '../../image/index.ts'
import { addLegend } from '../../prediction/map-legend.ts'
import type { SlideMap } from '../slide-map.ts'

/** Of the map over the slide. */
const opacity = 0.5

/**
 * The slide with its map over it and a legend below: the carcinoma score, or the probability of the class with the
 * largest area if the model has no score. Only squares that places represent are coloured.
 * @param slide the whole slide at any size
 */
export async function drawSlideOverlay(
  slide: Raster,
  map: SlideMap,
  analysis: SlideAnalysis,
): Promise<Raster> {
  const { shown, values } = shownValues(map, analysis)
  const { fileName, modelName, weights, synthetic, places } = analysis
  const warning = weightsWarning(weights)
  return addLegend(paintPlaces(slide, map, values), {
    warning,
    sentences: [
      ...(warning === null ? [] : [warning]),
      `${shown} at ${places} ${places === 1 ? 'place' : 'places'} of ${fileName}, predicted by the model "${modelName}". Each is predicted from a square of ${Math.round(map.grid.placeUm)} µm; places are ${Math.round(map.grid.strideUm)} µm apart. The map is drawn over the slide with an opacity of ${opacity * 100} %.`,
      slideCaveatBeside(analysis),
      ...(synthetic ? ['SYNTHETIC tissue, drawn by Lobule.'] : []),
      researchUseSentence,
    ],
  })
}

/** What is drawn, in words, and its value at each place, 0 to 1. */
function shownValues(map: SlideMap, { summary }: SlideAnalysis): { shown: string; values: number[] } {
  const { classes, probabilities, isPositive, cells } = map
  const own = (place: number): Float32Array =>
    probabilities.subarray(place * classes.length, (place + 1) * classes.length)
  if (isPositive.includes(true) && isPositive.includes(false)) {
    const values = Array.from(cells.keys(), (place) => carcinomaScore(own(place), isPositive) ?? 0)
    return { shown: 'Carcinoma score', values }
  }
  const largest = Math.max(...summary.classes.map(({ areaMm2 }) => areaMm2))
  const index = summary.classes.findIndex(({ areaMm2 }) => areaMm2 === largest)
  return {
    shown: `Probability of ${at(classes, index)}`,
    values: Array.from(cells.keys(), (place) => at(own(place), index)),
  }
}

/** Blends the colour of each place with the pixels whose centre is in the square that it represents. */
function paintPlaces(slide: Raster, map: SlideMap, values: readonly number[]): Raster {
  const { rows, columns } = map.grid
  const { left, top, edge } = placeGeometry(map).strideSquareOf(0)
  const placeAt = new Int32Array(rows * columns).fill(-1)
  map.cells.forEach((cell, place) => (placeAt[cell] = place))
  const colours = values.map(colourOf)
  const data = Uint8Array.from(slide.data)
  const [pixelsX, pixelsY] = [map.widthPx / slide.widthPx, map.heightPx / slide.heightPx]
  for (let y = 0; y < slide.heightPx; y++) {
    const row = Math.floor(((y + 0.5) * pixelsY - top) / edge)
    if (row < 0 || row >= rows) continue
    for (let x = 0; x < slide.widthPx; x++) {
      const column = Math.floor(((x + 0.5) * pixelsX - left) / edge)
      if (column < 0 || column >= columns) continue
      const colour = colours[placeAt[row * columns + column] ?? -1]
      const from = 3 * (y * slide.widthPx + x)
      colour?.forEach((channel, c) => {
        const value = data[from + c] ?? 0
        data[from + c] = Math.round(value + (channel - value) * opacity)
      })
    }
  }
  return { ...slide, data }
}
