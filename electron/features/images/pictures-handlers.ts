import { resolve } from 'node:path'
import type { Failure, ImageQuality } from '../../contract/index.ts'
import { failureOf, findImages } from './find-images.ts'
import type { HandlersOf, ServiceContext } from '../../session/context.ts'
import { findRecipe } from '../models/recipes.ts'

/** The steps from a file to crops. They need no workspace; relative paths start at the current folder. */
export function pictureHandlers({
  compute,
}: ServiceContext): HandlersOf<'picture' | 'stain' | 'crops' | 'quality'> {
  const fromTo = ({ input, output }: { input: string; output: string }) => ({
    input: resolve(input),
    output: resolve(output),
  })
  // All recipes share the stain settings.
  const { stain } = findRecipe('standard')
  return {
    'picture.resample': ({ scale, ...paths }) => compute.run('resampleImage', { ...fromTo(paths), scale }),
    'stain.normalize': ({ reference, ...paths }) =>
      compute.run('normalizeImage', {
        ...fromTo(paths),
        reference: reference === null ? null : resolve(reference),
        recipe: stain,
      }),
    'stain.augment': ({ hematoxylin, eosin, ...paths }) =>
      compute.run('augmentImage', { ...fromTo(paths), hematoxylin, eosin }),
    'crops.plan': ({ path, ...request }) =>
      compute.run('planImageCrops', { path: resolve(path), ...request }),
    'crops.cut': ({ path, directory, plan }) =>
      compute.run('cutImageCrops', { path: resolve(path), directory: resolve(directory), plan }),
    'quality.assess': async ({ paths, recipe: name }) => {
      const { crops, stain: recipe } = findRecipe(name)
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
