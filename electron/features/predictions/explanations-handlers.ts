import type { ExportKind } from '../../base/export-file.ts'
import { isSameName } from '../../base/plain-name.ts'
import { AppError, type Explanation, type ImageView } from '../../contract/index.ts'
import { exportPath } from '../workspace/export-path.ts'
import { explainJob } from './explain-image.ts'
import { readExplanation } from './explanation-files.ts'
import { findModelKeyInUse, findNamedClass, getImage, listNamedClasses } from '../../store/index.ts'
import { startJob, type HandlersOf, type ServiceContext } from '../../session/context.ts'

const heatMapFile: ExportKind = { what: 'a heat map', endings: ['.png', '.npy', '.json'] }

interface ExplanationKey {
  imageId: number
  model: string | null
}

/** Heat maps. A job makes them; the workspace stores them. */
export function explanationHandlers(context: ServiceContext): HandlersOf<'explanation'> {
  const { session, compute } = context
  const find = async ({
    imageId,
    model,
  }: ExplanationKey): Promise<{ image: ImageView; explanation: Explanation | null }> => {
    const { workspace } = session
    const { database } = workspace
    const image = getImage(database, imageId)
    return {
      image,
      explanation: await readExplanation(workspace, findModelKeyInUse(database, model).id, image),
    }
  }
  return {
    'explanation.create': ({ imageId, model }) => {
      const { name } = findModelKeyInUse(session.workspace.database, model)
      return startJob(context, explainJob, { imageId, model: name })
    },
    'explanation.get': async (key) => (await find(key)).explanation,
    'explanation.write': async ({ className, path, replace, opacity, ...key }) => {
      const { image, explanation } = await find(key)
      if (explanation === null) throw new AppError('explanation.none', { image: image.fileName })
      const { classes, leading } = explanation
      const wanted = className ?? leading
      // By a former name too; a model can have classes that the workspace does not have.
      const named = findNamedClass(listNamedClasses(session.workspace.database), wanted)?.name ?? wanted
      const found = classes.find((name) => isSameName(name, named))
      if (found === undefined) throw new AppError('classes.unknown', { className: wanted, known: classes })
      const out = await exportPath(context, { path, replace }, heatMapFile)
      await compute.run('writeExplanation', {
        path: image.path,
        page: image.page,
        cameraBits: image.cameraBits,
        explanation,
        className: found,
        opacity,
        out,
        replace,
      })
      return { path: out, className: out.toLowerCase().endsWith('.png') ? found : null }
    },
  }
}
