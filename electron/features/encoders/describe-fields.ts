import { existsSync } from 'node:fs'
import { zip } from '../../base/arrays.ts'
import type { Failure, ImageView, Recipe, RegionView } from '../../contract/index.ts'
import { descriptorFiles } from '../../engine/descriptors/ensure-descriptors.ts'
import { fieldHashes } from '../../engine/fields/field-descriptors.ts'
import type { FieldCentre } from '../../engine/fields/plan-fields.ts'
import { toImageFile } from '../../engine/image/image-file.ts'
import type { JobServices } from '../../session/job-services.ts'
import type { Workspace } from '../../store/index.ts'
import { tissueRequest } from '../slides/drawn-tissue.ts'
import { missingDone } from './count-missing.ts'
import { forEachImage } from './describe-images.ts'

/** An image and the centres of fields that are cut from it. */
export interface FieldsToDescribe {
  readonly image: ImageView
  /** Of a slide: what readers drew as its tissue; null: not a slide. */
  readonly drawnTissue: readonly Pick<RegionView, 'geometry'>[] | null
  readonly centres: readonly FieldCentre[]
}

/** The hash of each field (`fieldHashes`). */
export const hashesOf = ({ image, drawnTissue, centres }: FieldsToDescribe, recipe: Recipe): string[] =>
  fieldHashes({ image, drawnTissue: drawnTissue?.map(({ geometry }) => geometry) ?? null, recipe }, centres)

/** For each image the indices of fields that lack a descriptor. Only file names are checked. */
export const missingFields = (
  images: readonly FieldsToDescribe[],
  recipe: Recipe,
  fingerprints: Readonly<Record<string, string>>,
  { folders }: Pick<Workspace, 'folders'>,
): number[][] =>
  images.map((one) =>
    [...hashesOf(one, recipe).entries()].flatMap(([index, hash]) =>
      descriptorFiles(folders.descriptors, hash, recipe, fingerprints).every((file) => existsSync(file))
        ? []
        : [index],
    ),
  )

/**
 * Makes the missing descriptors of fields, image by image; each is stored at once. Failures as in `forEachImage`.
 * @param report in missing fields
 * @returns the files of each field by image id, in the order of its centres; null: less than half of it is tissue
 */
export async function describeFields(
  images: readonly FieldsToDescribe[],
  { recipe, fingerprints }: { recipe: Recipe; fingerprints: Readonly<Record<string, string>> },
  { workspace, compute, homeDirectory }: JobServices,
  signal: AbortSignal,
  report: (done: number) => void,
): Promise<{ files: Map<number, (string[] | null)[]>; failed: Failure[] }> {
  const missing = [0]
  for (const { length } of missingFields(images, recipe, fingerprints, workspace))
    missing.push((missing.at(-1) ?? 0) + length)
  const byId = new Map(images.map((one) => [one.image.id, one]))
  const describe = async (image: ImageView, onProgress: (done: number, total: number) => void) => {
    const one = byId.get(image.id)
    if (one === undefined) throw new Error(`no fields of image ${image.id}`)
    const { centres, drawnTissue } = one
    const hashes = hashesOf(one, recipe)
    const files = await compute.run(
      'describeFields',
      {
        image: toImageFile(image),
        recipe,
        homeDirectory,
        directory: workspace.folders.descriptors,
        fields: zip(centres, hashes).map(([centre, sha256]) => ({ ...centre, sha256 })),
        tissue: drawnTissue === null ? null : tissueRequest(image, drawnTissue),
      },
      { signal, onProgress },
    )
    return { id: image.id, files }
  }
  const { done, failed } = await forEachImage(
    images.map(({ image }) => image),
    describe,
    signal,
    (finished) => report(missingDone(missing, finished)),
  )
  return { files: new Map(done.map(({ id, files }) => [id, files])), failed }
}
