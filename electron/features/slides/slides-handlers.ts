import type { SlideMapView } from '../../contract/index.ts'
import { readDraftMap } from '../../engine/slides/draft-map.ts'
import { draftMapFile, readSlideMap } from '../../engine/slides/map-file.ts'
import { startJob, type HandlersOf, type ServiceContext } from '../../session/context.ts'
import { findModelKeyInUse, getImage, getSlideAnalysis, listSlideAnalyses } from '../../store/index.ts'
import { writeSlide } from './write-slide.ts'
import { analyseSlidesJob } from './analyse-slides.ts'
import { calibrateSlides, slideThreshold } from './calibrate-slides.ts'
import { regionOfFile } from './region-of-file.ts'
import { tissueHandlers } from './tissue-handlers.ts'

/** Whole slides. A job analyses them; the workspace keeps their maps. */
export function slideHandlers(context: ServiceContext): HandlersOf<'slide'> {
  const { session, bounded } = context
  return {
    ...tissueHandlers(context),
    'slide.analyse': async ({ imageIds, model, strideUm, effort, region: asked }) => {
      const { database } = session.workspace
      const { name } = findModelKeyInUse(database, model)
      const [imageId = 0] = imageIds
      const region =
        asked !== null && 'path' in asked
          ? await regionOfFile(asked.path, getImage(database, imageId), bounded)
          : asked
      return startJob(context, analyseSlidesJob, { imageIds, model: name, strideUm, effort, region })
    },
    'slide.analyses': ({ imageId }) => listSlideAnalyses(session.workspace.database, imageId),
    'slide.threshold': ({ model }) => slideThreshold(session.workspace.database, model),
    'slide.calibrate': ({ model }) => calibrateSlides(context, model),
    'slide.draft': ({ imageId }) => {
      const { database, folders } = session.workspace
      const job = session.queue
        .list()
        .find(
          ({ id, kind, state }) =>
            kind === 'analyse-slides' &&
            state === 'running' &&
            session.queue.imagesOf(id)?.includes(imageId) === true,
        )
      if (job === undefined) return null
      return readDraftMap(draftMapFile(folders.slideMaps, getImage(database, imageId).sha256, job.id))
    },
    'slide.write': (wanted) => writeSlide(context, wanted),
    'slide.map': async ({ imageId, analysisId }): Promise<SlideMapView> => {
      const { database, folders } = session.workspace
      const { mapSha256, classes } = getSlideAnalysis(database, imageId, analysisId)
      const { grid, cells, ...map } = await readSlideMap(folders.slideMaps, mapSha256)
      return {
        analysisId,
        imageId,
        grid,
        classes,
        cells: Array.from(cells),
        probabilities: rounded(map.probabilities),
        likeness: map.likeness === null ? null : rounded(map.likeness),
        tissueShare: Array.from(map.tissueShare, toFourDecimals),
        augmentations: map.augmentations === null ? null : Array.from(map.augmentations),
      }
    },
  }
}

/** Float32 has too many as text. */
const toFourDecimals = (value: number): number => Math.round(value * 1e4) / 1e4

/** Probabilities, never above 1 by rounding. */
const rounded = (values: Float32Array): number[] =>
  Array.from(values, (value) => Math.min(1, toFourDecimals(value)))
