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
import { listClasses } from '../../store/index.ts'
import { hashesOf } from '../encoders/describe-fields.ts'
import { countFields, fieldsToDescribe, readTrainingItems } from './training-items.ts'

/** Edge of the crops that `app.doctor` times (engine/encoders/examine-backends.ts). */
const timedEdgePx = 400

/**
 * Estimates a training on the current labels. Only the names of descriptor files are checked: a damaged file counts as
 * present, although the training makes it again. An encoder that is not installed counts as having no descriptors.
 * @param regions whether labelled regions are used as training fields; those without tissue count too
 */
export async function estimateTraining(
  { recipe, regions }: { recipe: Recipe; regions: boolean },
  { workspace, compute, homeDirectory }: Pick<JobServices, 'workspace' | 'compute' | 'homeDirectory'>,
): Promise<TrainingEstimate> {
  const { path, database, folders } = workspace
  const { items, fields } = await workspace.read((own) => readTrainingItems(own, { recipe, regions }))
  const images = items.filter(({ region }) => region === null).map(({ image }) => image)
  const installed = await compute.run('encoderList', { homeDirectory })
  const fingerprints = Object.fromEntries(
    recipe.encoders.map((name) => [
      name,
      installed.find((encoder) => encoder.name === name)?.fingerprint ?? 'not installed',
    ]),
  )
  const workOf = new Map<EncoderName, { images: number; crops400: number }>()
  const add = async (sha256: string, areaOf: (sets: readonly number[]) => number): Promise<void> => {
    for (const [encoder, sets] of await missingSets(folders.descriptors, sha256, recipe, fingerprints)) {
      const before = workOf.get(encoder) ?? { images: 0, crops400: 0 }
      const crops400 = before.crops400 + areaOf(sets) / timedEdgePx ** 2
      workOf.set(encoder, { images: before.images + 1, crops400 })
    }
  }
  for (const image of images) await add(image.sha256, (sets) => areaPx(image, sets, recipe))
  for (const one of fieldsToDescribe(fields))
    for (const hash of hashesOf(one, recipe)) await add(hash, (sets) => fieldAreaPx(sets, recipe))
  const encoded = countFields(items)
  const classes = listClasses(database).length
  return {
    images: images.length,
    fields: encoded - images.length,
    boosters: constituentsOf(recipe).length * membersOf(recipe).length,
    encoders: recipe.encoders.flatMap((encoder) => {
      const work = workOf.get(encoder)
      return work === undefined ? [] : { encoder, ...work }
    }),
    bytes: trainingBytes(encoded, classes, recipe),
    freeBytes: await freeBytesAt(path),
  }
}

/** Crop sets without descriptors of an image or field, by encoder. */
async function missingSets(
  directory: string,
  sha256: string,
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

/** The same for the crop sets of a training field, which is a square of its crop for each. */
function fieldAreaPx(cropSets: readonly number[], { crops, mode, augmentation }: Recipe): number {
  const each = mode === 'crops' ? crops.count : 1
  const areas = cropSets.flatMap((index) => crops.sets[index] ?? []).map(({ sizePx }) => each * sizePx ** 2)
  return augmentation.count * areas.reduce((sum, area) => sum + area, 0)
}
