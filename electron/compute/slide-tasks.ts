import type { SlideAnalysis } from '../contract/index.ts'
import { encodeJpeg, type ImageFile } from '../engine/image/index.ts'
import { readSlideMap } from '../engine/slides/map-file.ts'
import type { SlideMap } from '../engine/slides/slide-map.ts'
import {
  drawOverSlide,
  writeSlideOutputs,
  type SlideOutputs,
} from '../engine/slides/outputs/write-outputs.ts'
import { describeTissue, drawTissue, type TissueRequest } from '../engine/tissue/describe-tissue.ts'
import type { TaskContext } from './task-context.ts'

/** Where a workspace keeps the maps of its slides. */
export interface OfMaps {
  readonly maps: string
}

/** Where a slide has tissue, and what becomes of its analysis. */
export const slideTasks = {
  describeTissue: (task: TissueRequest, { signal }: TaskContext) => describeTissue(task, signal),
  drawTissue: (task: TissueRequest, { signal }: TaskContext) => drawTissue(task, signal),
  /** Writes an analysis as files. */
  writeSlide: async ({ maps, ...outputs }: SlideOutputs & OfMaps) => {
    await writeSlideOutputs(outputs, await readMapOf(maps, outputs.analysis))
    return {}
  },
  /** The slide with its map over it, as JPEG. */
  slidePicture: async ({
    maps,
    image,
    analysis,
  }: OfMaps & { readonly image: ImageFile; readonly analysis: SlideAnalysis }): Promise<Uint8Array> =>
    encodeJpeg(await drawOverSlide(image, await readMapOf(maps, analysis), analysis)),
}

/** With the names of the analysis, which are the present ones of its classes. */
const readMapOf = async (maps: string, { mapSha256, classes }: SlideAnalysis): Promise<SlideMap> => ({
  ...(await readSlideMap(maps, mapSha256)),
  classes,
})
