import type { Sliced } from '../../base/slices.ts'
import { exportContent } from '../../base/export-file.ts'
import { AppError, type ImageView, type ImportReport, type WorkspaceView } from '../../contract/index.ts'
import { recordFile } from '../audit/record-file.ts'
import { requirePattern } from '../../engine/tables/cases-of-names.ts'
import { accountCsv, accountTable } from './import-account-csv.ts'
import { importJob, tryImportJob } from './import-images.ts'
import { previewImport, proposeImportCases } from './import-plan.ts'
import { setCaseLater, setPixelSizeLater, setRemovedLater } from './set-later.ts'
import { NewestOnly } from './newest-only.ts'
import {
  currentImages,
  getImage,
  listClassNames,
  listLabels,
  listRemovedImages,
  listVerdicts,
  type Readable,
} from '../../store/index.ts'
import { hiddenFrom, isBlindedHere } from '../labels/blinded-reading.ts'
import { imagesChanged, modelsChanged } from '../../session/job-services.ts'
import { startJob, type HandlersOf, type ServiceContext } from '../../session/context.ts'
import { exportLabels, labelTable } from '../labels/export-labels.ts'
import { exportPath } from '../workspace/export-path.ts'
import { announcedImages, setClasses, setLabels } from '../labels/labels.ts'
import { giveClassName } from '../labels/rename-class.ts'
import { commentOnLabel } from '../labels/comments.ts'
import { undoLabels } from '../undo/undo-entries.ts'

export function imageHandlers(context: ServiceContext): HandlersOf<'image' | 'label' | 'classes'> {
  const { session, settings, emit, bounded } = context
  const previews = new NewestOnly()
  const proposals = new NewestOnly()
  const readerOf = (name: string | null): string => name ?? settings.content.reader
  const announcedWorkspace = (): WorkspaceView => {
    const view = session.view()
    if (view === null) throw new AppError('workspace.none-open', {})
    emit({ name: 'workspace.changed', payload: view })
    return view
  }
  const announced = (database: Readable, imageIds: readonly number[]): Sliced<ImageView[]> =>
    announcedImages(context, database, imageIds)
  return {
    'image.import': ({ dryRun, ...input }) => {
      if (input.casesPattern !== null) requirePattern(input.casesPattern)
      const job = dryRun === true ? tryImportJob : importJob
      return startJob(context, job, { ...input, reader: settings.content.reader })
    },
    'image.writeAccount': async ({ jobId, ...wanted }) => {
      const path = await exportPath(context, wanted, accountTable)
      const { kind, report } = session.queue.get(jobId)
      if ((kind !== 'import' && kind !== 'try-import') || report === null)
        throw new AppError('job.not-found', { job: String(jobId) })
      const { rows, text } = accountCsv(report as ImportReport)
      await exportContent(path, text, { replace: wanted.replace })
      await recordFile(session.workspace.database, 'export', path, { what: 'account of an import', rows })
      return { rows }
    },
    'image.preview': ({ mostFiles, draft, ...sources }) => {
      const { workspace } = session
      const classNames = listClassNames(workspace.database)
      return previews.run(draft, (signal) =>
        previewImport(
          { ...sources, reader: settings.content.reader, workspace, bounded },
          classNames,
          mostFiles,
          signal,
        ),
      )
    },
    'image.proposeCases': ({ paths }) => {
      const { workspace } = session
      const classNames = listClassNames(workspace.database)
      return proposals.run('', (signal) =>
        proposeImportCases(paths, { workspace, bounded }, classNames, signal),
      )
    },
    'image.setCase': ({ imageIds, caseName, reader: readerName }) => {
      const reader = readerOf(readerName)
      return session.change(function* (database) {
        const answer = yield* setCaseLater(database, imageIds, caseName, reader)
        emit({ name: 'images.changed', payload: { imageIds } })
        return answer
      })
    },
    'image.setPixelSize': ({ imageIds, pixelSizeUm, reader: readerName }) => {
      const reader = readerOf(readerName)
      return session.change(function* (database) {
        const answer = yield* setPixelSizeLater(database, imageIds, pixelSizeUm, reader)
        emit({ name: 'images.changed', payload: { imageIds } })
        return answer
      })
    },
    'image.setRemoved': ({ imageIds, isRemoved, reader: readerName }) => {
      const reader = readerOf(readerName)
      return session.change(function* (database) {
        const answer = yield* setRemovedLater(database, imageIds, isRemoved, reader)
        emit({ name: 'images.changed', payload: { imageIds: null } })
        return answer
      })
    },
    'image.listRemoved': () => listRemovedImages(session.workspace.database),
    'image.list': () => session.read((database) => currentImages(database, null)),
    'image.get': ({ imageId }) => getImage(session.workspace.database, imageId),
    'image.verdicts': ({ imageId }) => listVerdicts(session.workspace.database, imageId),
    'image.label': ({ imageIds, className, isUnsure, confirmBlind, reader: readerName, comment }) => {
      const reader = readerOf(readerName)
      const isBlind = hiddenFrom(context, reader)
      return session.change(function* (database) {
        yield* setLabels(database, imageIds, className, { isUnsure, isBlind, confirmBlind, reader, comment })
        return yield* announced(database, imageIds)
      })
    },

    'label.comment': ({ imageId, comment, reader: readerName }) => {
      const reader = readerOf(readerName)
      return session.changeAtOnce((database) => {
        commentOnLabel(database, imageId, { reader, comment })
        emit({ name: 'images.changed', payload: { imageIds: [imageId] } })
        return getImage(database, imageId)
      })
    },
    'label.list': ({ imageId }) => session.read((database) => listLabels(database, imageId)),
    'label.export': async ({ history, ...wanted }) => {
      const { database } = session.workspace
      const path = await exportPath(context, wanted, labelTable)
      const labels = await exportLabels((work) => session.read(work), { ...wanted, path, history })
      await recordFile(database, 'export', path, { what: 'labels', labels, history })
      return { labels }
    },
    'label.undo': ({ imageIds, reader, ...options }) => {
      const name = readerOf(reader)
      return session.change(function* (database) {
        const isBlinded = isBlindedHere(context, name)
        yield* undoLabels(database, imageIds, { reader: name, isBlinded, ...options })
        return yield* announced(database, imageIds)
      })
    },

    'classes.set': ({ classes }) =>
      session.changeAtOnce((database) => {
        setClasses(database, classes)
        return announcedWorkspace()
      }),
    'classes.rename': (wanted) =>
      session.changeAtOnce((database) => {
        const active = session.queue.active()
        if (active !== null) throw new AppError('job.busy', { running: active.title })
        giveClassName(database, wanted)
        emit(modelsChanged)
        emit(imagesChanged)
        emit({ name: 'regions.changed', payload: { imageId: null } })
        return announcedWorkspace()
      }),
  }
}
