import { parseCasesPattern } from '../../jobs/find-images.ts'
import { importImages } from '../../jobs/import-images.ts'
import { getImage, listImages, listVerdicts } from '../../store/index.ts'
import { imagesChanged, startJob, type HandlersOf, type ServiceContext } from '../context.ts'
import { setLabels } from '../labels.ts'

export function imageHandlers(context: ServiceContext): HandlersOf<'image'> {
  const { session, settings, compute, emit } = context
  return {
    'image.import': (input) => {
      const { database } = session.workspace
      parseCasesPattern(input.casesPattern)
      const task = { ...input, reader: settings.content.reader }
      return startJob(context, {
        kind: 'import',
        title: 'Import images',
        input,
        run: (job) => importImages(database, compute, task, job),
        changed: imagesChanged,
      })
    },
    'image.list': () => listImages(session.workspace.database),
    'image.get': ({ imageId }) => getImage(session.workspace.database, imageId),
    'image.verdicts': ({ imageId }) => listVerdicts(session.workspace.database, imageId),
    'image.label': ({ imageIds, className }) => {
      setLabels(session.workspace.database, imageIds, className, settings.content.reader)
      emit({ name: 'images.changed', payload: { imageIds } })
      return {}
    },
  }
}
