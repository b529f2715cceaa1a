import { exportContent, exportEnding, type ExportKind } from '../../base/export-file.ts'
import {
  AppError,
  tissueRegionName,
  type Handlers,
  type ImageView,
  type SlideTissue,
} from '../../contract/index.ts'
import { featureCollection, geojsonGeometry } from '../../engine/regions/geojson.ts'
import type { TissueRequest } from '../../engine/tissue/describe-tissue.ts'
import type { ServiceContext } from '../../session/context.ts'
import { appendEvent, getImage } from '../../store/index.ts'
import { regionReaderOf, type RegionReader } from '../regions/region-reader.ts'
import { exportPath } from '../workspace/export-path.ts'
import { drawnTissue, replaceTissue, tissueRequest } from './drawn-tissue.ts'
import { areasOfFile } from './region-of-file.ts'

const tissueFile: ExportKind = { what: 'the tissue of an image', endings: ['.geojson', '.png'] }

type TissueCall = 'slide.tissue' | 'slide.setTissue' | 'slide.writeTissue'

/** Where images have tissue: found, or drawn by readers. */
export function tissueHandlers(context: ServiceContext): Pick<Handlers, TissueCall> {
  const { session, compute, emit } = context
  const requestOf = (image: ImageView, reader: RegionReader): TissueRequest =>
    tissueRequest(image, drawnTissue(session.workspace.database, image, reader))
  const tissueOf = async (imageId: number, reader: RegionReader): Promise<SlideTissue> => {
    const request = requestOf(getImage(session.workspace.database, imageId), reader)
    return { imageId, ...(await compute.run('describeTissue', request)) }
  }
  return {
    'slide.tissue': ({ imageId, reader }) => tissueOf(imageId, regionReaderOf(context, reader)),
    'slide.setTissue': async ({ imageId, source, reader }) => {
      const by = regionReaderOf(context, reader)
      const { database } = session.workspace
      const image = getImage(database, imageId)
      const areas = source === null ? [] : await areasOfFile(source, image, context.bounded)
      // Between a question and its answer another workspace may have been opened.
      if (session.workspace.database !== database) throw new AppError('workspace.none-open', {})
      await session.changeAtOnce(() => {
        if (replaceTissue(database, image, areas, by)) {
          emit({ name: 'regions.changed', payload: { imageId } })
        }
      })
      return tissueOf(imageId, by)
    },
    'slide.writeTissue': async ({ imageId, reader, ...wanted }) => {
      const by = regionReaderOf(context, reader)
      const { database } = session.workspace
      const image = getImage(database, imageId)
      const path = await exportPath(context, wanted, tissueFile)
      const tissue = await tissueOf(imageId, by)
      const content =
        exportEnding(path, tissueFile) === '.png'
          ? await compute.run('drawTissue', requestOf(image, by))
          : geojsonOf(tissue)
      await exportContent(path, content, { replace: wanted.replace })
      appendEvent(database, {
        kind: 'export',
        object: { type: 'file', id: null, name: path },
        after: { image: imageId, tissue: tissue.source },
        reader: by.name,
      })
      return tissue
    },
  }
}

/** Each part as an annotation of QuPath. */
function geojsonOf({ outlines }: SlideTissue): string {
  const parts = outlines?.kind === 'polygon' ? outlines.parts : []
  return featureCollection(
    parts.map((rings) =>
      JSON.stringify({
        type: 'Feature',
        geometry: geojsonGeometry({ kind: 'polygon', parts: [rings] }),
        properties: { objectType: 'annotation', name: tissueRegionName },
      }),
    ),
  )
}
