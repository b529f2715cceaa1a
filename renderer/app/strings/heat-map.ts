import { formatDateTime, formatNumber, formatWholePercent } from '../format.ts'

const length = (px: number, pixelSizeUm: number | null): string =>
  pixelSizeUm === null ? `${formatNumber(px)} px` : `${formatNumber(px * pixelSizeUm)} µm`

export const heatMapStrings = {
  heatMap: {
    title: 'Heat map',
    toggle: 'Heat map: where what speaks for a class',
    hide: 'Hide the heat map',
    noModel: 'A heat map needs a trained model.',
    className: 'Class',
    opacity: 'Opacity',
    opacityValue: (share: number) => formatWholePercent(share),
    legend: (className: string) => `Probability of ${className} at each place`,
    scale: 'Colours from 0 % to 100 %',
    ends: [0, 0.5, 1].map((share) => formatWholePercent(share)),
    geometry: (squaresPx: readonly number[], stepPx: number, pixelSizeUm: number | null) =>
      `Each place is judged by the tissue within ${squaresPx.map((px) => length(px, pixelSizeUm)).join(' and ')} around it; places are ${length(stepPx, pixelSizeUm)} apart.`,
    fromCrops:
      'The model learned from crops; the map comes from whole-image encoding, which it has not seen.',
    untrained: 'UNTRAINED ENCODER: this map says nothing about tissue.',
    working: 'The heat map is being made…',
    failed: 'The heat map could not be made.',
    again: 'Try again',
    compare: 'Compare with',
    compareNone: 'No other model',
    noOtherModel: 'There is no other model to compare with.',
    comparing: (model: string) => `Beside it, the heat map by ${model}.`,
    comparedEnded: 'One heat map is shown.',
    compared: (model: string) => `Heat map by ${model}`,
    comparedCanvas: (image: string, model: string) =>
      `${image} with the heat map by ${model}. It moves with the one beside it.`,
    version: (id: number, trainedAt: string | null) =>
      `Version ${id}${trainedAt === null ? '' : `, of ${formatDateTime(trainedAt)}`}`,
    neverSaw: 'Its boosters here never saw this image.',
    untrainedMark: 'UNTRAINED',
    noClass: (model: string, className: string) => `${model} does not know the class ${className}.`,
    withheld: 'The heat map is shown once you have decided on this image.',
    shown: (className: string) => `Heat map of ${className} shown`,
  },
} as const
