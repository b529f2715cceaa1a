import sharp from 'sharp'
import { at } from '../../../base/arrays.ts'
import { exportContent } from '../../../base/export-file.ts'
import type { ModelView, SlideAnalysis, SlideFileFormat } from '../../../contract/index.ts'
import { encodeNpyArray } from '../../descriptors/index.ts'
import { makeThumbnail, writeImage, type ImageFile, type Raster } from '../../image/index.ts'
import { toAscii } from '../../prediction/map-legend.ts'
import type { SlideMap } from '../slide-map.ts'
import { gridAffine, probabilityGrid } from './grid.ts'
import { drawSlideOverlay } from './overlay.ts'
import { placesCsv } from './places-csv.ts'
import { outlinesGeojson, tilesGeojson } from './places-geojson.ts'

/** Longest edge of the slide in an overlay. */
const overlayEdgePx = 1600

export interface SlideOutputs {
  readonly image: ImageFile
  readonly analysis: SlideAnalysis
  readonly model: Pick<
    ModelView,
    'name' | 'recipe' | 'recipeFingerprint' | 'weights' | 'classes' | 'createdAt'
  >
  /** `#rrggbb` of each class of the model; null: unknown to the class scheme. */
  readonly colours: readonly (string | null)[]
  /** Where each format goes: one path, for the grid that of the numbers and that of the affine. */
  readonly paths: Readonly<Partial<Record<SlideFileFormat, readonly string[]>>>
  readonly replace: boolean
  /** Name and version of the program. */
  readonly writtenBy: string
}

/**
 * Writes the chosen files of an analysis, each completely or not at all. The description of the run comes last, so that where
 * it is, the others are.
 * @throws AppError `path.exists`, `path.not-writable`, and for the overlay the codes of makeThumbnail
 */
export async function writeSlideOutputs(outputs: SlideOutputs, map: SlideMap): Promise<void> {
  const { analysis, colours, paths, replace, image } = outputs
  const { mapSha256, modelName } = analysis
  const geojson = { mapSha256, modelName, colours }
  const writers: Record<SlideFileFormat, (path: string, second: () => string) => Promise<void>> = {
    csv: (path) => exportContent(path, placesCsv(map), { replace }),
    tiles: (path) => exportContent(path, tilesGeojson(map, geojson), { replace }),
    outlines: (path) => exportContent(path, outlinesGeojson(map, geojson), { replace }),
    grid: async (path, second) => {
      const shape = [map.classes.length, map.grid.rows, map.grid.columns]
      const note = toAscii(`${analysis.fileName}, ${modelName}. ${analysis.researchUse}`)
      await exportContent(path, encodeNpyArray(probabilityGrid(map), shape, note), { replace })
      await exportContent(second(), toJson(gridAffine(map)), { replace })
    },
    overlay: async (path) => {
      const description = `${modelName}: ${analysis.fileName}. ${analysis.researchUse}`
      const drawn = await drawOverSlide(image, map, analysis)
      await writeImage(drawn, path, { sources: [image.path], description, replace })
    },
    run: (path) => exportContent(path, toJson(runOf(outputs)), { replace }),
  }
  for (const [format, write] of Object.entries(writers) as [SlideFileFormat, (typeof writers)['csv']][]) {
    const own = paths[format]
    if (own !== undefined) await write(at(own, 0), () => at(own, 1))
  }
}

const toJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const runOf = ({ analysis, model, writtenBy }: SlideOutputs): object => ({
  writtenBy,
  coordinates: 'pixels of the full-resolution image, from the upper left corner of its scanned part',
  analysis,
  model,
})

/** The slide, reduced, with its map over it. @throws AppError the codes of makeThumbnail */
export async function drawOverSlide(
  { path, page, cameraBits }: ImageFile,
  map: SlideMap,
  analysis: SlideAnalysis,
): Promise<Raster> {
  const jpeg = await makeThumbnail(path, overlayEdgePx, page, cameraBits)
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true })
  const slide = { widthPx: info.width, heightPx: info.height, data: new Uint8Array(data) }
  return drawSlideOverlay(slide, map, analysis)
}
