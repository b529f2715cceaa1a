import type { SlideGrid } from './slide-analysis.ts'

interface Square {
  readonly left: number
  readonly top: number
  readonly edge: number
}

/** Where places are, in pixels of the full-resolution image. */
export interface PlaceGeometry {
  /** The square of tissue from which a place is predicted. */
  readonly placeOf: (cell: number) => Square
  /** The stride square around a place's centre, which the place represents. These squares tile the slide. */
  readonly strideSquareOf: (cell: number) => Square
}

export function placeGeometry({
  grid,
  pixelSizeUm,
}: {
  readonly grid: SlideGrid
  readonly pixelSizeUm: number
}): PlaceGeometry {
  const stride = grid.strideUm / pixelSizeUm
  const edge = grid.placeUm / pixelSizeUm
  const inset = (edge - stride) / 2
  const placeOf = (cell: number): Square => ({
    left: (cell % grid.columns) * stride,
    top: Math.floor(cell / grid.columns) * stride,
    edge,
  })
  return {
    placeOf,
    strideSquareOf: (cell) => {
      const { left, top } = placeOf(cell)
      return { left: left + inset, top: top + inset, edge: stride }
    },
  }
}
