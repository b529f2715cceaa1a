import type { HeatRange } from '../../electron/contract/index.ts'
import { formatDateTime, formatNumber, formatWholePercent } from './format.ts'

const length = (px: number, pixelSizeUm: number | null): string =>
  pixelSizeUm === null ? `${formatNumber(px)} px` : `${formatNumber(px * pixelSizeUm)} µm`

/** Of the colours of heat maps and of maps of slides. */
export const colourRangeStrings = {
  scale: ({ low, high }: HeatRange) =>
    `Colours from ${formatWholePercent(low)} to ${formatWholePercent(high)}`,
  ends: ({ low, high }: HeatRange) => [low, (low + high) / 2, high].map(formatWholePercent),
  stretch: 'Stretch the colours to this map',
} as const

export const heatMapStrings = {
  heatMap: {
    title: 'Heat map',
    toggle: 'Heat map: which parts of the image support a class',
    hide: 'Hide the heat map',
    noModel: 'A heat map needs a model in use.',
    className: 'Class',
    opacity: 'Opacity',
    opacityValue: (share: number) => formatWholePercent(share),
    legend: (className: string) => `Probability of ${className} at each position`,
    ...colourRangeStrings,
    content: ({ low, high }: HeatRange) =>
      `Its positions are between ${formatWholePercent(low)} and ${formatWholePercent(high)}. Stretched colours are not comparable between images.`,
    geometry: (squaresPx: readonly number[], stepPx: number, pixelSizeUm: number | null) =>
      `Each position is classified from squares of ${squaresPx.map((px) => length(px, pixelSizeUm)).join(' and ')} around it. Positions are ${length(stepPx, pixelSizeUm)} apart.`,
    fromCrops:
      'The model was trained on crops, but heat maps use dense encoding, which it was not trained on.',
    working: 'Creating the heat map…',
    failed: 'The heat map could not be created.',
    again: 'Try again',
    compare: 'Compare with',
    compareNone: 'No other model',
    noOtherModel: 'There is no other model to compare with.',
    comparing: (model: string) => `Comparing with the heat map by ${model}.`,
    comparedEnded: 'Comparison closed.',
    compared: (model: string) => `Heat map by ${model}`,
    comparedCanvas: (image: string, model: string) =>
      `${image} with the heat map by ${model}. Both images move together.`,
    version: (id: number, trainedAt: string | null) =>
      `Version ${id}${trainedAt === null ? '' : `, trained ${formatDateTime(trainedAt)}`}`,
    neverSaw: 'Uses only classifiers that were not trained on this image.',
    noClass: (model: string, className: string) => `${model} does not have the class ${className}.`,
    withheld: 'The heat map is shown after you have labelled this image.',
    shown: (className: string) => `Heat map of ${className} shown`,
  },
} as const
