/**
 * The colours of a heat map from probability 0 to 1: every 17th of the 256 of *viridis* (S. van der Walt and N. Smith 2015,
 * matplotlib 1.5, CC0), designed so that equal steps look equal, also in greyscale print and to colour-blind readers.
 * Linear interpolation in sRGB between them.
 */
export const heatColours = [
  '#440154',
  '#481a6c',
  '#472f7d',
  '#414487',
  '#39568c',
  '#31688e',
  '#2a788e',
  '#23888e',
  '#1f988b',
  '#22a884',
  '#35b779',
  '#54c568',
  '#7ad151',
  '#a5db36',
  '#d2e21b',
  '#fde725',
] as const
