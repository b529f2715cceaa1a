import { strictCanonicalJson } from '../../base/canonical-json.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { sha256 } from '../../base/sha256.ts'
import { AppError, minTissueShare, type Recipe, type RegionGeometry } from '../../contract/index.ts'
import {
  descriptorPlaces,
  makeMissing,
  missingPlaces,
  wantedOf,
  type EnsureRequest,
} from '../descriptors/ensure-descriptors.ts'
import type { ImageFile } from '../image/index.ts'
import { placeEdgeUm } from '../slides/plan-places.ts'
import { TissueArea } from '../slides/tissue-area.ts'
import type { TissueMask } from '../tissue/tissue-mask.ts'
import { cutterOfImage, cutterOfSlide, type CutField } from './cut-fields.ts'
import type { FieldCentre } from './plan-fields.ts'

/** Raise it with every change of what a field shows. */
const algorithm = 1

/** What the fields of an image are cut from. */
export interface FieldSource {
  readonly image: Pick<ImageFile, 'sha256' | 'pixelSizeUm' | 'cameraBits'>
  /** Of a slide: the areas that readers drew as its tissue, since they decide on its colours; null: not a slide. */
  readonly drawnTissue: readonly RegionGeometry[] | null
  /** Its crop sets. */
  readonly recipe: Pick<Recipe, 'crops'>
}

/**
 * Identifies each field by everything that its pixels depend on, apart from what the recipe's fingerprint holds. Descriptors are kept,
 * and random draws made, by this hash as by that of an image. 64 hexadecimal digits.
 */
export function fieldHashes(
  { image: { sha256: imageSha256, pixelSizeUm, cameraBits }, drawnTissue, recipe }: FieldSource,
  centres: readonly FieldCentre[],
): string[] {
  const source = sha256(
    strictCanonicalJson({
      algorithm,
      image: imageSha256,
      pixelSizeUm,
      // Where none are stated, the hash is that of versions before there were any.
      ...(cameraBits === null || cameraBits === undefined ? {} : { cameraBits }),
      drawnTissue,
      // The stains of a slide are fitted on places of the recipe's crops.
      sets: recipe.crops.sets,
    }),
  )
  return centres.map(({ x, y }) => sha256(`${source} ${x} ${y}`))
}

export interface FieldsRequest extends Pick<
  EnsureRequest,
  'image' | 'recipe' | 'encoders' | 'directory' | 'signal' | 'onProgress'
> {
  /** With their hashes (`fieldHashes`). */
  readonly fields: readonly (FieldCentre & { readonly sha256: string })[]
  /** Of a slide; null: the image is decoded as a whole. */
  readonly findTissue: (() => Promise<TissueMask>) | null
}

/**
 * Makes the missing or damaged descriptor files of an image's fields, each written atomically, and keeps the others. The files of each
 * field are in the order of `constituentsOf(recipe)`; null: less than half of the field's square is tissue of the slide.
 * @throws AppError `slide.pixel-size-unknown`, `image.file-changed`, `job.cancelled`, the codes of cutterOfImage, cutterOfSlide and
 *   describeImage
 */
export async function ensureFieldDescriptors(request: FieldsRequest): Promise<(string[] | null)[]> {
  const { image, recipe, fields, signal, onProgress } = request
  const source = await sourceOf(request)
  let cut: CutField | null = null
  const files: (string[] | null)[] = []
  for (const [index, { sha256: hash, ...centre }] of fields.entries()) {
    throwIfCancelled(signal)
    onProgress?.(index, fields.length)
    if (!source.hasTissue(centre)) {
      files.push(null)
      continue
    }
    const field = { ...image, sha256: hash }
    const places = await descriptorPlaces({ ...request, image: field })
    const missing = await missingPlaces(places, recipe)
    if (missing.length > 0) {
      cut ??= await source.open()
      await makeMissing(
        { image: field, frames: await cut(centre), recipe, ...wantedOf(missing), signal },
        missing,
      )
    }
    files.push(places.map(({ file }) => file))
  }
  onProgress?.(fields.length, fields.length)
  return files
}

interface OpenedSource {
  readonly hasTissue: (centre: FieldCentre) => boolean
  /** Reads the image; called if a descriptor is missing. */
  readonly open: () => Promise<CutField>
}

async function sourceOf({ image, recipe, findTissue, signal }: FieldsRequest): Promise<OpenedSource> {
  if (findTissue === null) return { hasTissue: () => true, open: () => cutterOfImage(image, recipe, signal) }
  const { path, pixelSizeUm } = image
  if (pixelSizeUm === null) throw new AppError('slide.pixel-size-unknown', { path })
  const mask = await findTissue()
  const tissue = new TissueArea(mask)
  const edgeUm = placeEdgeUm(recipe.crops.sets, pixelSizeUm)
  return {
    hasTissue: ({ x, y }) =>
      tissue.shareOf(x * pixelSizeUm - edgeUm / 2, y * pixelSizeUm - edgeUm / 2, edgeUm) >= minTissueShare,
    open: () => cutterOfSlide({ ...image, pixelSizeUm }, mask, recipe),
  }
}
