import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { AppError, hasCode } from '../../contract/index.ts'
import type { CommandContext } from '../context.ts'
import { findImage } from './labels.ts'

/** Id of an image. A file that is not in the workspace is imported without a label, unless the workspace has no model. */
export async function findOrImport(context: CommandContext, imageName: string): Promise<number> {
  try {
    return (await findImage(context, imageName)).id
  } catch (error) {
    const path = resolve(imageName)
    if (!hasCode(error, 'image.not-found') || !existsSync(path)) throw error
    if ((await context.call('model.list', {})).length === 0) throw new AppError('model.none', {})
    const { images, failed } = await context.finish<'import'>(
      await context.call('image.import', { paths: [path], labels: 'none', casesPattern: null }),
    )
    const [image] = images
    if (image !== undefined) return image.imageId
    throw failed[0] === undefined
      ? error
      : new AppError('path.unreadable', { path, reason: failed[0].message })
  }
}
