import { readdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { EncoderName, EncoderView, EncodingWork, ImageView, Recipe } from '../../contract/index.ts'
import { constituentsOf } from '../../engine/descriptors/constituents.ts'
import { servingFiles } from '../../engine/descriptors/ensure-descriptors.ts'
import { workingScale } from '../../engine/image/working-scale.ts'

/** Edge of the crops that `app.doctor` times (engine/encoders/examine-backends.ts). */
export const timedEdgePx = 400

/** An image or a training field to be encoded. */
export interface Encodable {
  readonly sha256: string
  /** Pixels that an encoder processes for these crop sets, over all augmentations. */
  readonly areaOf: (cropSets: readonly number[]) => number
}

/**
 * The missing encodings, by encoder in the order of the recipe; an encoder with none is left out. Only the names of
 * descriptor files are checked: a damaged file counts as present, although it will be made again. An encoder that is not installed
 * counts as having no descriptors.
 * @param directory the folder of descriptor files
 */
export async function encodingWork(
  all: readonly Encodable[],
  recipe: Recipe,
  installed: readonly EncoderView[],
  directory: string,
): Promise<EncodingWork[]> {
  const fingerprints = Object.fromEntries(
    recipe.encoders.map((name) => [
      name,
      installed.find((encoder) => encoder.name === name)?.fingerprint ?? 'not installed',
    ]),
  )
  const workOf = new Map<EncoderName, { images: number; crops400: number }>()
  for (const { sha256, areaOf } of all) {
    for (const [encoder, sets] of await missingSets(directory, sha256, recipe, fingerprints)) {
      const before = workOf.get(encoder) ?? { images: 0, crops400: 0 }
      const crops400 = before.crops400 + areaOf(sets) / timedEdgePx ** 2
      workOf.set(encoder, { images: before.images + 1, crops400 })
    }
  }
  return recipe.encoders.flatMap((encoder) => {
    const work = workOf.get(encoder)
    return work === undefined ? [] : { encoder, ...work }
  })
}

export const encodableImage = (image: ImageView, recipe: Recipe): Encodable => ({
  sha256: image.sha256,
  areaOf: (sets) => areaPx(image, sets, recipe),
})

/** @param sha256 as `hashesOf` a training field */
export const encodableField = (sha256: string, recipe: Recipe): Encodable => ({
  sha256,
  areaOf: (sets) => fieldAreaPx(sets, recipe),
})

/** Crop sets without descriptors of an image or field, by encoder. */
async function missingSets(
  directory: string,
  sha256: string,
  recipe: Recipe,
  fingerprints: Readonly<Partial<Record<EncoderName, string>>>,
): Promise<Map<EncoderName, number[]>> {
  const serving = servingFiles(directory, sha256, recipe, fingerprints)
  const existing = new Set(await readdir(dirname(serving[0]?.[0] ?? '')).catch((): string[] => []))
  const isThere = (file: string): boolean => existing.has(basename(file))
  const missing = constituentsOf(recipe).filter((_, i) => serving[i]?.some(isThere) !== true)
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
