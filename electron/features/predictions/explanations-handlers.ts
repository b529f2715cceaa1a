import { resolve } from 'node:path'
import { AppError, type Explanation, type ImageView } from '../../contract/index.ts'
import { explainJob } from './explain-image.ts'
import { readExplanation } from './explanation-files.ts'
import { findModelKeyInUse, getImage } from '../../store/index.ts'
import { startJob, type HandlersOf, type ServiceContext } from '../../session/context.ts'

interface Asked {
  imageId: number
  model: string | null
}

/** Heat maps: making them is a job, what was made is kept in the workspace. */
export function explanationHandlers(context: ServiceContext): HandlersOf<'explanation'> {
  const { session, compute } = context
  const find = async ({
    imageId,
    model,
  }: Asked): Promise<{ image: ImageView; explanation: Explanation | null }> => {
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
    'explanation.get': async (asked) => (await find(asked)).explanation,
    'explanation.write': async ({ className, path, opacity, ...asked }) => {
      const { image, explanation } = await find(asked)
      if (explanation === null) throw new AppError('explanation.none', { image: image.fileName })
      const { classes, leading } = explanation
      const named = className ?? leading
      const known = classes.find((name) => name.toLowerCase() === named.toLowerCase())
      if (known === undefined) throw new AppError('classes.unknown', { className: named, known: classes })
      const out = resolve(path)
      await compute.run('writeExplanation', {
        path: image.path,
        page: image.page,
        explanation,
        className: known,
        opacity,
        out,
      })
      return { path: out, className: out.toLowerCase().endsWith('.png') ? known : null }
    },
  }
}
