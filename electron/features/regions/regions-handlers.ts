import { resolve } from 'node:path'
import { AppError, isSameReader } from '../../contract/index.ts'
import { getImage, knownReaderName } from '../../store/index.ts'
import { hiddenFrom, isBlinded } from '../labels/blinded-reading.ts'
import type { HandlersOf, ServiceContext } from '../../session/context.ts'
import { addRegion, changeRegion, deleteRegion, undoRegions } from './change-regions.ts'
import { exportRegions } from './export-regions.ts'
import { importRegions, openRegionFile } from './import-regions.ts'
import { changesOf, currentRegions } from './current-regions.ts'
import { readableEntries, type RegionReader } from './region-reader.ts'

export function regionHandlers(context: ServiceContext): HandlersOf<'region'> {
  const { session, settings, emit } = context
  const readerOf = (readerName: string | null): RegionReader => {
    const own = settings.content.reader
    const name = readerName ?? own
    // A blinded reader must not see what another reader may see.
    if (context.door.isCommandLine !== true && isBlinded(settings, own) && !isSameReader(name, own)) {
      throw new AppError('reading.blind', { reader: own, asked: `the regions that ${name} sees` })
    }
    return {
      name: knownReaderName(session.workspace.database, name),
      isHidden: hiddenFrom(context, name),
    }
  }
  const announce = (imageId: number): void => emit({ name: 'regions.changed', payload: { imageId } })
  return {
    'region.list': ({ imageId, reader }) => {
      const { database } = session.workspace
      const image = getImage(database, imageId)
      return currentRegions(readableEntries(database, imageId, readerOf(reader)), image)
    },
    'region.history': ({ imageId, reader }) => {
      const { database } = session.workspace
      getImage(database, imageId)
      return changesOf(readableEntries(database, imageId, readerOf(reader)), imageId)
    },
    'region.add': ({ imageId, reader, ...content }) => {
      const region = addRegion(session.workspace.database, imageId, content, readerOf(reader))
      announce(imageId)
      return region
    },
    'region.change': ({ regionId, reader, ...changes }) => {
      const region = changeRegion(session.workspace.database, regionId, changes, readerOf(reader))
      announce(region.imageId)
      return region
    },
    'region.delete': ({ regionId, reader }) => {
      announce(deleteRegion(session.workspace.database, regionId, readerOf(reader)))
      return {}
    },
    'region.undo': ({ imageId, reader }) => {
      const undone = undoRegions(session.workspace.database, imageId, readerOf(reader))
      announce(imageId)
      return undone
    },
    'region.export': ({ reader, path, ...options }) =>
      exportRegions(
        session.workspace.database,
        { ...options, path: path === null ? null : resolve(path) },
        readerOf(reader),
      ),
    'region.import': async ({ imageId, source, unknownClasses, reader }) => {
      const file =
        'path' in source ? await openRegionFile(resolve(source.path)) : { name: 'a text', text: source.text }
      const options = { unknownClasses, reader: readerOf(reader) }
      const report = importRegions(session.workspace.database, imageId, file, options)
      announce(imageId)
      return report
    },
  }
}
