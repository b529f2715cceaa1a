import type { RegionPoint } from '../../contract/index.ts'
import { keyedGenerator, type KeyedGenerator } from '../random/index.ts'
import { crossingsAt } from '../regions/scan-line.ts'
import { unitVector } from './portable-math.ts'
import { syntheticClasses, type SyntheticClass } from './synthetic-field.ts'

export const slidePixelSizeUm = 0.5

export interface SlideSize {
  widthPx: number
  heightPx: number
}

/** What is where on a synthetic slide, in pixels. */
export interface SlideLayout extends SlideSize {
  /** One island of tissue for each class, apart from each other. */
  islands: readonly { className: SyntheticClass; outline: readonly RegionPoint[] }[]
  /** A stroke of green ink between two islands; on a small slide over their edges. */
  pen: readonly RegionPoint[]
  /** Rows out of focus, from the first to before the last. */
  blurred: { top: number; bottom: number }
}

const vertices = 120
/** How far outlines stray from an ellipse, by the number of bays. */
const bays = [
  [2, 0.07],
  [3, 0.05],
  [7, 0.03],
] as const
/** Width of a stroke of pen. */
const penUm = 300

/** Same seed and size, same layout. */
export function layOutSlide(seed: number, { widthPx, heightPx }: SlideSize): SlideLayout {
  const generator = keyedGenerator('synthetic whole slide', seed)
  const islands = syntheticClasses.map((className, index) => {
    const centre: RegionPoint = [
      widthPx * (0.25 + 0.5 * (index % 2) + generator.nextUniform(-0.01, 0.01)),
      heightPx * (0.25 + 0.5 * Math.floor(index / 2) + generator.nextUniform(-0.01, 0.01)),
    ]
    return { className, outline: outlineAround(generator, centre, [0.2 * widthPx, 0.19 * heightPx]) }
  })
  const halfPen = penUm / slidePixelSizeUm / 2
  const middle = widthPx / 2
  return {
    widthPx,
    heightPx,
    islands,
    pen: [
      [middle - 2 * halfPen, 0.04 * heightPx],
      [middle, 0.04 * heightPx],
      [middle + 2 * halfPen, 0.46 * heightPx],
      [middle, 0.46 * heightPx],
    ],
    blurred: { top: Math.round(0.74 * heightPx), bottom: Math.round(0.92 * heightPx) },
  }
}

function outlineAround(
  generator: KeyedGenerator,
  [x, y]: RegionPoint,
  [radiusX, radiusY]: RegionPoint,
): RegionPoint[] {
  const waves = bays.map(([count, share]) => ({ count, share, phase: generator.nextFloat() }))
  return Array.from({ length: vertices }, (_, index) => {
    const turns = index / vertices
    const [cosine, sine] = unitVector(turns)
    const far = waves.reduce(
      (sum, wave) => sum + wave.share * unitVector(wave.count * turns + wave.phase)[0],
      1,
    )
    return [x + far * radiusX * cosine, y + far * radiusY * sine]
  })
}

/** The pixels of a row whose centres are in a polygon, as pairs of first and end. */
export function spansOf(polygon: readonly RegionPoint[], row: number): (readonly [number, number])[] {
  const places = crossingsAt([polygon], row + 0.5).map((x) => Math.round(x))
  return places.flatMap((first, index) =>
    index % 2 === 0 ? [[first, places[index + 1] ?? first] as const] : [],
  )
}
