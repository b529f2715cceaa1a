import { readdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { EncoderName, ImageView, Recipe, TrainingEstimate } from '../../contract/index.ts'
import { constituentsOf } from '../../engine/descriptors/constituents.ts'
import { descriptorFiles } from '../../engine/descriptors/ensure-descriptors.ts'
import { membersOf } from '../../engine/recipe/members.ts'
import { workingScale } from '../../engine/image/working-scale.ts'
import { freeBytesAt } from '../../base/free-space.ts'
import type { JobServices } from '../../session/job-services.ts'
import { trainingBytes } from './training-space.ts'
import { listClasses, listTrainableImages } from '../../store/index.ts'

/** Edge of the crops that `app.doctor` times (engine/encoders/examine-backends.ts). */
const timedEdgePx = 400

/**
 * Estimates a training on the current labels. Only the names of descriptor files are checked: a damaged file counts as
 * present, although the training makes it again. An encoder that is not installed counts as having no descriptors.
 */
export async function estimateTraining(
  recipe: Recipe,
  { workspace, compute, homeDirectory }: Pick<JobServices, 'workspace' | 'compute' | 'homeDirectory'>,
): Promise<TrainingEstimate> {
  const { path, database, folders } = workspace
  const images = await workspace.read(listTrainableImages)
  const installed = await compute.run('encoderList', { homeDirectory })
  const fingerprints = Object.fromEntries(
    recipe.encoders.map((name) => [
      name,
      installed.find((encoder) => encoder.name === name)?.fingerprint ?? 'not installed',
    ]),
  )
  const workOf = new Map<EncoderName, { images: number; crops400: number }>()
  for (const image of images) {
    for (const [encoder, sets] of await missingSets(folders.descriptors, image, recipe, fingerprints)) {
      const before = workOf.get(encoder) ?? { images: 0, crops400: 0 }
      const crops400 = before.crops400 + areaPx(image, sets, recipe) / timedEdgePx ** 2
      workOf.set(encoder, { images: before.images + 1, crops400 })
    }
  }
  const classes = listClasses(database).length
  return {
    images: images.length,
    boosters: constituentsOf(recipe).length * membersOf(recipe).length,
    encoders: recipe.encoders.flatMap((encoder) => {
      const work = workOf.get(encoder)
      return work === undefined ? [] : { encoder, ...work }
    }),
    bytes: trainingBytes(images.length, classes, recipe),
    freeBytes: await freeBytesAt(path),
  }
}

/** Crop sets without descriptors of an image, by encoder. */
async function missingSets(
  directory: string,
  { sha256 }: ImageView,
  recipe: Recipe,
  fingerprints: Readonly<Partial<Record<EncoderName, string>>>,
): Promise<Map<EncoderName, number[]>> {
  const files = descriptorFiles(directory, sha256, recipe, fingerprints)
  const existing = new Set(await readdir(dirname(files[0] ?? '')).catch((): string[] => []))
  const missing = constituentsOf(recipe).filter((_, i) => !existing.has(basename(files[i] ?? '')))
  const byEncoder = Map.groupBy(missing, ({ encoder }) => encoder)
  return new Map([...byEncoder].map(([encoder, parts]) => [encoder, parts.map(({ cropSet }) => cropSet)]))
}

/**
 * Pixels that an encoder processes for the crop sets of an image, over all augmentations: the crops in mode crops, the
 * resampled image once for each scale in mode dense (docs/pipeline.md, section 8).
 */
function areaPx(image: ImageView, cropSets: readonly number[], recipe: Recipe): number {
  const { sets, count } = recipe.crops
  const chosen = cropSets.flatMap((index) => sets[index] ?? [])
  const areas =
    recipe.mode === 'crops'
      ? chosen.map(({ sizePx }) => count * sizePx ** 2)
      : [...Map.groupBy(chosen, (set) => workingScale(set, image.pixelSizeUm))].map(([scale, members]) => {
          const minPx = Math.min(...members.map(({ sizePx }) => sizePx))
          const edgePx = (imagePx: number): number => Math.max(minPx, imagePx * scale)
          return edgePx(image.widthPx) * edgePx(image.heightPx)
        })
  return recipe.augmentation.count * areas.reduce((sum, area) => sum + area, 0)
}
