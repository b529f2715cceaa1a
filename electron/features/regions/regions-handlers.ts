import { basename, resolve } from 'node:path'
import { AppError } from '../../contract/index.ts'
import { getImage, type Writable } from '../../store/index.ts'
import type { HandlersOf, ServiceContext } from '../../session/context.ts'
import { addRegion, changeRegion, deleteRegion, requireRegion } from './change-regions.ts'
import { checkGeometryIn } from './check-geometry.ts'
import { exportRegions, regionFile } from './export-regions.ts'
import { importRegions } from './import-regions.ts'
import { changesOf, currentRegions } from './current-regions.ts'
import { exportPath } from '../workspace/export-path.ts'
import { readableEntries, regionReaderOf, type RegionReader } from './region-reader.ts'
import { undoRegions } from '../undo/undo-entries.ts'

export function regionHandlers(context: ServiceContext): HandlersOf<'region'> {
  const { session, emit, bounded } = context
  const readerOf = (name: string | null): RegionReader => regionReaderOf(context, name)
  /** Between a question and its answer another workspace may have been opened. */
  const requireOpen = (database: Writable): void => {
    if (session.workspace.database !== database) throw new AppError('workspace.none-open', {})
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
    'region.add': async ({ imageId, reader, ...content }) => {
      const { database } = session.workspace
      const by = readerOf(reader)
      const geometry = await checkGeometryIn(bounded, content.geometry, getImage(database, imageId))
      requireOpen(database)
      return session.changeAtOnce(() => {
        const region = addRegion(database, imageId, { ...content, geometry }, by)
        announce(imageId)
        return region
      })
    },
    'region.change': async ({ regionId, reader, ...changes }) => {
      const { database } = session.workspace
      const by = readerOf(reader)
      const geometry =
        changes.geometry &&
        (await checkGeometryIn(bounded, changes.geometry, requireRegion(database, regionId, by).image))
      requireOpen(database)
      return session.changeAtOnce(() => {
        const region = changeRegion(database, regionId, { ...changes, geometry }, by)
        announce(region.imageId)
        return region
      })
    },
    'region.delete': ({ regionId, reader }) => {
      const by = readerOf(reader)
      return session.changeAtOnce((database) => {
        announce(deleteRegion(database, regionId, by))
        return {}
      })
    },
    'region.undo': ({ imageId, reader }) => {
      const by = readerOf(reader)
      return session.change(function* (database) {
        const undone = yield* undoRegions(database, imageId, by)
        announce(imageId)
        return undone
      })
    },
    'region.export': async ({ reader, path: wanted, ...options }) => {
      const { database } = session.workspace
      const by = readerOf(reader)
      const path =
        wanted === null ? null : await exportPath(context, { path: wanted, ...options }, regionFile)
      return exportRegions(database, { ...options, path }, by)
    },
    'region.import': async ({ imageId, source, unknownClasses, reader }) => {
      const { database } = session.workspace
      const options = { unknownClasses, reader: readerOf(reader) }
      const { widthPx, heightPx } = getImage(database, imageId)
      const name = 'path' in source ? basename(source.path) : 'a text'
      const read = await bounded.run(
        'readRegionFile',
        {
          name,
          source: 'path' in source ? { ...source, path: resolve(source.path) } : source,
          size: { widthPx, heightPx },
        },
        { refuse: (reason) => new AppError('region.invalid-file', { file: name, reason }) },
      )
      requireOpen(database)
      return session.change(function* () {
        yield
        const report = yield* importRegions(database, imageId, { name, ...read }, options)
        announce(imageId)
        return report
      })
    },
  }
}
