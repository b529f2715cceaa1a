import { join, resolve } from 'node:path'
import type { ExportKind } from '../../base/export-file.ts'
import type { Failure, ImageQuality } from '../../contract/index.ts'
import { exportPath, exportPaths } from '../workspace/export-path.ts'
import { failureOf, findImages } from './find-images.ts'
import type { HandlersOf, ServiceContext } from '../../session/context.ts'
import { cropFileNames } from '../../engine/crops/crop-file-names.ts'
import { findNamedRecipe } from '../models/recipes.ts'

const pictureFile: ExportKind = { what: 'an image', endings: ['.png', '.tif', '.tiff'] }

/** The steps from a file to crops. They need no workspace; relative paths start at the current folder. */
export function pictureHandlers(
  context: ServiceContext,
): HandlersOf<'picture' | 'stain' | 'crops' | 'quality'> {
  const { compute } = context
  const fromTo = async ({ input, output, replace }: { input: string; output: string; replace: boolean }) => ({
    input: resolve(input),
    output: await exportPath(context, { path: output, replace }, pictureFile),
    replace,
  })
  // All recipes share the stain settings.
  const { stain } = findNamedRecipe('standard')
  return {
    'picture.resample': async ({ scale, ...paths }) =>
      compute.run('resampleImage', { ...(await fromTo(paths)), scale }),
    'stain.normalize': async ({ reference, ...paths }) =>
      compute.run('normalizeImage', {
        ...(await fromTo(paths)),
        reference: reference === null ? null : resolve(reference),
        recipe: stain,
      }),
    'stain.augment': async ({ hematoxylin, eosin, ...paths }) =>
      compute.run('augmentImage', { ...(await fromTo(paths)), hematoxylin, eosin }),
    'crops.plan': ({ path, ...request }) =>
      compute.run('planImageCrops', { path: resolve(path), ...request }),
    'crops.cut': async ({ path, directory: wanted, plan, replace }) => {
      const directory = resolve(wanted)
      const paths = cropFileNames(path, plan).map((name) => join(directory, name))
      await exportPaths(context, { paths, replace }, pictureFile)
      return compute.run('cutImageCrops', { path: resolve(path), directory, plan, replace })
    },
    'quality.assess': async ({ paths, recipe: name }) => {
      const { crops, stain: recipe } = findNamedRecipe(name)
      const { files, failed } = await findImages(paths, new AbortController().signal)
      const images: ImageQuality[] = []
      const failures: Failure[] = [...failed]
      for (const path of files) {
        try {
          images.push(await compute.run('assessImage', { path, cropSets: crops.sets, recipe }))
        } catch (error) {
          failures.push(failureOf(path, error))
        }
      }
      return { images, failed: failures }
    },
  }
}
