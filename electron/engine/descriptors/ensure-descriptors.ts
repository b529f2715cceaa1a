import { join } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import type { BackendName, EncoderName, QualityFlag, Recipe } from '../../contract/index.ts'
import type { OpenEncoder, OpenEncoders } from '../encoders/index.ts'
import { contentHash, decodeRaster, hashFile } from '../image/index.ts'
import { descriptorFingerprint } from '../recipe/fingerprint.ts'
import { constituentsOf } from './constituents.ts'
import { describeImage } from './describe-image.ts'
import { readNpy, writeNpy } from './npy.ts'

/**
 * Where the descriptors of an image are kept, one file for each constituent, in the order of
 * `constituentsOf(recipe)`. A name says all that the values depend on, so recipes that differ only in folds or
 * boosting share files. `fingerprints`: of the weights, by encoder.
 */
export function descriptorFiles(
  directory: string,
  sha256: string,
  recipe: Recipe,
  fingerprints: Readonly<Partial<Record<EncoderName, string>>>,
): string[] {
  return constituentsOf(recipe).map(({ encoder, cropSet }) => {
    const set = recipe.crops.sets[cropSet]
    const weights = fingerprints[encoder]
    if (set === undefined || weights === undefined) throw new RangeError(`no fingerprint of ${encoder}`)
    const content = descriptorFingerprint(recipe, set, encoder, weights)
    return join(directory, sha256.slice(0, 2), sha256, `${encoder}-${set.sizePx}-${content.slice(0, 32)}.npy`)
  })
}

export interface EnsureRequest {
  readonly path: string
  /** Which picture of the file, from 1, the first by default; `sha256` is that of the picture. */
  readonly page?: number
  readonly sha256: string
  readonly pixelSizeUm: number | null
  readonly recipe: Recipe
  readonly encoders: OpenEncoders
  /** Where the descriptor files go. */
  readonly directory: string
  /** Whether flags are wanted even where every file is there already. */
  readonly needFlags?: boolean
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/**
 * Makes those descriptor files of an image that are missing or damaged, each written atomically; a sound one is
 * left as it is. Files are named by weights, and say in their header which and whether those are trained.
 * `flags` is null and `backends` empty where nothing had to be computed.
 * image.file-changed, the codes of describeImage, EncoderStore.open and writeNpy.
 */
export async function ensureDescriptors(
  request: EnsureRequest,
): Promise<{ files: string[]; flags: readonly QualityFlag[] | null; backends: BackendName[] }> {
  const { path, page = 1, sha256, pixelSizeUm, recipe, directory, signal, onProgress } = request
  const encoders: OpenEncoder[] = []
  for (const name of recipe.encoders) encoders.push(await request.encoders.get(name))
  const byName = new Map(encoders.map((encoder) => [encoder.model.name, encoder]))
  const fingerprints = Object.fromEntries(encoders.map(({ model }) => [model.name, model.fingerprint]))
  const files = descriptorFiles(directory, sha256, recipe, fingerprints)

  const missing = []
  for (const [index, constituent] of constituentsOf(recipe).entries()) {
    const file = files[index] ?? ''
    if (!(await isSound(file, recipe, byName.get(constituent.encoder))))
      missing.push({ ...constituent, file })
  }
  if (missing.length === 0 && request.needFlags !== true) return { files, flags: null, backends: [] }

  if (contentHash(await hashFile(path), page) !== sha256) throw new AppError('image.file-changed', { path })
  const { descriptors, flags, backends } = await describeImage({
    image: await decodeRaster(path, signal ? { page, signal } : { page }),
    sha256,
    pixelSizeUm,
    recipe,
    encoders,
    wanted: missing,
    signal,
    onProgress,
  })
  for (const { encoder, cropSet, matrix } of descriptors) {
    const to = missing.find((one) => one.encoder === encoder && one.cropSet === cropSet)
    const by = byName.get(encoder)
    if (to && by) await writeNpy(to.file, matrix, noteOf(by.model))
  }
  return { files, flags, backends: [...backends] }
}

async function isSound(file: string, recipe: Recipe, encoder: OpenEncoder | undefined): Promise<boolean> {
  try {
    const { matrix } = await readNpy(file)
    const length = encoder?.model.architecture.descriptorLength
    return matrix.rows === recipe.augmentation.count && matrix.columns === length
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}

/** Says in a descriptor file which weights made it, and whether those are trained. */
export const noteOf = ({ name, source, fingerprint }: OpenEncoder['model']): string =>
  `${name}, ${source === 'demo' ? 'UNTRAINED demo' : source} weights ${fingerprint}`
