import { resolve } from 'node:path'
import { AppError } from '../../contract/index.ts'
import { knownReaderName, requireReaderName } from '../../store/index.ts'
import { startJob, type HandlersOf, type ServiceContext } from '../../session/context.ts'
import { recordFile } from '../audit/record-file.ts'
import { checkGeometryIn } from '../regions/check-geometry.ts'
import { isBlindedHere } from '../labels/blinded-reading.ts'
import { exportPath } from '../workspace/export-path.ts'
import { exportReadings, readingsFile } from './export-readings.ts'
import { handOverJob } from './hand-over.ts'
import { checkGeometries, importReadings, type CheckGeometry } from './import-readings.ts'
import { readReadingsFile } from './read-readings-file.ts'

export function exchangeHandlers(context: ServiceContext): HandlersOf<'exchange'> {
  const { session, settings, version, bounded, emit } = context
  return {
    'exchange.export': async ({ isOwn, reader: named, ...wanted }) => {
      const { database } = session.workspace
      const reader = knownReaderName(database, named ?? settings.content.reader)
      const path = await exportPath(context, wanted, readingsFile)
      const onlyReader = isOwn || isBlindedHere(context, reader) ? reader : null
      const written = await exportReadings((work) => session.read(work), {
        ...{ path, replace: wanted.replace, onlyReader, version },
      })
      const { path: _, ...counts } = written
      await recordFile(database, 'export', path, { what: 'readings', of: onlyReader, ...counts })
      return written
    },
    'exchange.handOver': ({ path, to, ...how }) => {
      const reader = requireReaderName(session.workspace.database, to)
      return startJob(context, handOverJob, { ...how, to: reader, path: resolve(path) })
    },
    'exchange.import': async ({ path: given }) => {
      const path = resolve(given)
      const { database } = session.workspace
      const check: CheckGeometry = (geometry, size) => checkGeometryIn(bounded, geometry, size)
      const file = await checkGeometries(database, path, await readReadingsFile(path), check)
      if (session.workspace.database !== database) throw new AppError('workspace.none-open', {})
      return session.change(function* () {
        const { report, imageIds } = yield* importReadings(database, path, file)
        if (imageIds.length > 0) emit({ name: 'images.changed', payload: { imageIds } })
        for (const imageId of imageIds) emit({ name: 'regions.changed', payload: { imageId } })
        return report
      })
    },
  }
}
