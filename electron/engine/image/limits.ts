/** Maximum number of pixels that a file may declare: 2^34, a slide of 131 072 x 131 072. */
export const viewLimitPx = 2 ** 34

/** Maximum number of pixels of a raster (2^28, 805 MB): 87 fields of 2048 x 1536. Larger slides are read by tile. */
export const decodeLimitPx = 2 ** 28
