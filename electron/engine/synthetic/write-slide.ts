import { throwIfCancelled } from '../../base/cancellation.ts'
import { exportContent, exportedBefore } from '../../base/export-file.ts'
import {
  defaultClassesText,
  parseClassScheme,
  type RegionGeometry,
  type RegionPoint,
} from '../../contract/index.ts'
import { syntheticMark, type Raster } from '../image/index.ts'
import { writePyramid } from '../image/write-pyramid.ts'
import { channelsOf, descriptionKey, featureCollection, geojsonGeometry } from '../regions/geojson.ts'
import { layOutSlide, slidePixelSizeUm, type SlideLayout, type SlideSize } from './slide-layout.ts'
import { SlidePainter } from './slide-painter.ts'
import { syntheticClasses } from './synthetic-field.ts'

export interface SyntheticSlideOptions extends SlideSize {
  seed: number
  signal?: AbortSignal
  /** The share that is done, of 1. */
  onProgress?: (done: number, total: number) => void
}

export interface SyntheticSlideFiles {
  /** The slide, a pyramid in TIFF. */
  path: string
  /** Outlines for QuPath: each island with its class, the pen, the rows out of focus. */
  outlinesPath: string
  /** Areas, mm2. */
  truthPath: string
}

/** Rows that are painted at once. */
const rowsAtOnce = 256

/**
 * Writes a made-up slide as a scanner would: an island of tissue of each class, a stroke of pen and rows out of focus, marked
 * as synthetic; beside it what is where, as `NAME.geojson` and `NAME.json`. Same options, same pixels before compression.
 * @param path ends in .tif or .tiff
 * @throws AppError `path.exists`, `path.not-writable`, `job.cancelled`
 */
export async function writeSyntheticSlide(
  path: string,
  { seed, signal, onProgress, ...size }: SyntheticSlideOptions,
): Promise<SyntheticSlideFiles> {
  const base = path.replace(/\.tiff?$/i, '')
  const files = { path, outlinesPath: `${base}.geojson`, truthPath: `${base}.json` }
  for (const file of Object.values(files)) await exportedBefore(file, false)
  const layout = layOutSlide(seed, size)
  const painter = new SlidePainter(layout, seed)
  const { heightPx } = size
  async function* rows(): AsyncGenerator<Raster> {
    for (let top = 0; top < heightPx; top += rowsAtOnce) {
      throwIfCancelled(signal)
      yield await painter.rows(top, Math.min(rowsAtOnce, heightPx - top))
      onProgress?.(Math.min(1, (top + rowsAtOnce) / heightPx), 1)
    }
  }
  await writePyramid(path, {
    ...size,
    rows: rows(),
    pixelSizeUm: slidePixelSizeUm,
    description: syntheticMark,
  })
  await exportContent(files.outlinesPath, outlinesOf(layout))
  await exportContent(files.truthPath, `${JSON.stringify(truthOf(layout, seed, painter), null, 1)}\n`, {})
  return files
}

function outlinesOf({ islands, pen, blurred, widthPx }: SlideLayout): string {
  const colours = new Map(parseClassScheme(defaultClassesText).map((one) => [one.name, one.colour]))
  const feature = (name: string, geometry: RegionGeometry, className: string | null): string => {
    const colour = channelsOf(colours.get(className ?? '') ?? '#7f7f7f')
    return JSON.stringify({
      type: 'Feature',
      geometry: geojsonGeometry(geometry),
      properties: {
        objectType: 'annotation',
        name,
        ...(className === null ? {} : { classification: { name: className, color: colour } }),
        metadata: { [descriptionKey]: syntheticMark },
      },
    })
  }
  const polygon = (outline: readonly RegionPoint[]): RegionGeometry => ({
    kind: 'polygon',
    parts: [[[...outline]]],
  })
  const { top, bottom } = blurred
  return featureCollection([
    ...islands.map(({ className, outline }) =>
      feature(`Island of ${className}`, polygon(outline), className),
    ),
    feature('Pen', polygon(pen), null),
    feature('Out of focus', { kind: 'rectangle', left: 0, top, right: widthPx, bottom }, null),
  ])
}

function truthOf(
  { widthPx, heightPx, blurred }: SlideLayout,
  seed: number,
  { pixels }: SlidePainter,
): object {
  const mm2 = (count: number): number => (count * slidePixelSizeUm ** 2) / 1e6
  return {
    about: `${syntheticMark}: made up by Lobule, of no patient.`,
    seed,
    widthPx,
    heightPx,
    pixelSizeUm: slidePixelSizeUm,
    classes: syntheticClasses.map((className) => ({
      className,
      areaMm2: mm2(pixels[className].all),
      /** Neither under pen nor out of focus. */
      clearMm2: mm2(pixels[className].clear),
    })),
    penMm2: mm2(pixels.pen.all),
    outOfFocus: blurred,
  }
}
