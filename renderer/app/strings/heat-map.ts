import { formatNumber, formatWholePercent } from '../format.ts'

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
    byModel: (model: string, isOutOfFold: boolean) =>
      isOutOfFold ? `By ${model}, whose boosters here never saw this image.` : `By ${model}.`,
    fromCrops:
      'The model learned from crops; the map comes from whole-image encoding, which it has not seen.',
    untrained: 'UNTRAINED ENCODER: this map says nothing about tissue.',
    working: 'The heat map is being made…',
    failed: 'The heat map could not be made.',
    again: 'Try again',
    shown: (className: string) => `Heat map of ${className} shown`,
  },
} as const
