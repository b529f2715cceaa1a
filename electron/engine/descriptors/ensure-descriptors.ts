import { existsSync } from 'node:fs'
import { link, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { removeFile } from '../../base/patient-files.ts'
import { zip } from '../../base/arrays.ts'
import { writeAtomically } from '../../base/atomic-file.ts'
import { AppError } from '../../contract/errors.ts'
import {
  backendNames,
  weightsMark,
  type BackendName,
  type EncoderName,
  type QualityFlag,
  type Recipe,
} from '../../contract/index.ts'
import { factsOf, isHalfForbidden, type OpenEncoder, type OpenEncoders } from '../encoders/index.ts'
import { decodeImageFile, openPicture, requireSameContent, type ImageFile } from '../image/index.ts'
import { descriptorFingerprint } from '../recipe/fingerprint.ts'
import { constituentsOf } from './constituents.ts'
import { describeImage, ImageDescriber, type DescribeRequest } from './describe-image.ts'
import { externalFiles, isExternal, readExternal } from './external-set.ts'
import { readNpy, writeNpy, type Matrix } from './npy.ts'

/**
 * The descriptor files of an image, one per constituent, in the order of `constituentsOf(recipe)`. A file name depends on
 * everything that the values depend on, so recipes that differ only in folds or boosting share files.
 * @param fingerprints of the weights, by encoder
 */
export function descriptorFiles(
  directory: string,
  sha256: string,
  recipe: Recipe,
  fingerprints: Readonly<Partial<Record<EncoderName, string>>>,
): string[] {
  if (isExternal(recipe)) return externalFiles(directory, sha256, recipe)
  return constituentsOf(recipe).map(({ encoder, cropSet }) => {
    const set = recipe.crops.sets[cropSet]
    const weights = fingerprints[encoder]
    if (set === undefined || weights === undefined) throw new RangeError(`no fingerprint of ${encoder}`)
    const content = descriptorFingerprint(recipe, set, encoder, weights)
    return join(directory, sha256.slice(0, 2), sha256, `${encoder}-${set.sizePx}-${content.slice(0, 32)}.npy`)
  })
}

/**
 * For each constituent its file, and another that serves as well if the picture has no colour profile (`imagePlaces`). For estimates,
 * which open no picture.
 */
export function servingFiles(
  ...[directory, sha256, recipe, fingerprints]: Parameters<typeof descriptorFiles>
): string[][] {
  const { colour, ...earlier } = recipe
  const files = descriptorFiles(directory, sha256, recipe, fingerprints)
  if (colour === undefined) return files.map((file) => [file])
  return zip(files, descriptorFiles(directory, sha256, earlier, fingerprints))
}

export interface EnsureRequest {
  readonly image: ImageFile
  readonly recipe: Recipe
  readonly encoders: OpenEncoders
  /** The folder of descriptor files. */
  readonly directory: string
  /** Whether to measure quality flags even if all files exist already. */
  readonly needFlags?: boolean
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/**
 * Makes the missing or damaged descriptor files of an image, each written atomically, and keeps the others. The header
 * of a file states the weights, whether they are trained, and whether half precision was used.
 * `flags` is null and `backends` is empty if nothing had to be computed.
 * image.file-changed, the codes of describeImage, EncoderStore.open and writeNpy.
 */
export async function ensureDescriptors(
  request: EnsureRequest,
): Promise<{ files: string[]; flags: readonly QualityFlag[] | null; backends: BackendName[] }> {
  const { recipe, onProgress } = request
  if (isExternal(recipe)) {
    const { files } = await readExternal(request.directory, request.image, recipe)
    return { files, flags: request.needFlags === true ? await measureFlags(request) : null, backends: [] }
  }
  const places = await imagePlaces(request)
  const files = places.map(({ file }) => file)
  const missing = await missingPlaces(places, recipe)
  if (missing.length === 0 && request.needFlags !== true) return { files, flags: null, backends: [] }

  const { flags, backends } = await makeMissing(await describeRequest(request, missing), missing, onProgress)
  return { files, flags, backends }
}

/** Those whose file is missing or damaged. */
export async function missingPlaces(
  places: readonly DescriptorPlace[],
  recipe: Recipe,
): Promise<DescriptorPlace[]> {
  const missing: DescriptorPlace[] = []
  for (const place of places) {
    if ((await readRows(place.file, recipe.augmentation.count, place.encoder)) === null) missing.push(place)
  }
  return missing
}

/** Computes the descriptors of a request and stores them in their places. The codes of describeImage and writeNpy. */
export async function makeMissing(
  request: DescribeRequest,
  places: readonly DescriptorPlace[],
  onProgress?: EnsureRequest['onProgress'],
): Promise<{ flags: readonly QualityFlag[]; backends: BackendName[] }> {
  const { descriptors, flags, backends } = await describeImage({ ...request, onProgress })
  for (const { encoder, cropSet, matrix, inHalf } of descriptors) {
    const to = places.find((one) => one.encoder.model.name === encoder && one.cropSet === cropSet)
    if (to) await keepRows(to, { ...matrix, inHalf })
  }
  return { flags, backends: [...backends] }
}

/** The quality flags of an image, without encoding it. The codes of describeRequest. */
export const measureFlags = async (request: EnsureRequest): Promise<readonly QualityFlag[]> =>
  (await ImageDescriber.open(await describeRequest(request, []))).flags

/** A constituent and the file of its descriptors of an image. */
export interface DescriptorPlace {
  readonly encoder: OpenEncoder
  readonly cropSet: number
  /** For all augmentations. */
  readonly file: string
}

/** The place of each constituent, in the order of `constituentsOf(recipe)`. Codes of OpenEncoders.get. */
export async function descriptorPlaces(
  request: Pick<EnsureRequest, 'image' | 'recipe' | 'encoders' | 'directory'>,
): Promise<DescriptorPlace[]> {
  const { image, recipe, directory } = request
  const byName = new Map<EncoderName, OpenEncoder>()
  for (const name of recipe.encoders) byName.set(name, await request.encoders.get(name))
  const fingerprints = Object.fromEntries([...byName].map(([name, { model }]) => [name, model.fingerprint]))
  const files = descriptorFiles(directory, image.sha256, recipe, fingerprints)
  return constituentsOf(recipe).flatMap(({ encoder: name, cropSet }, index) => {
    const encoder = byName.get(name)
    return encoder ? [{ encoder, cropSet, file: files[index] ?? '' }] : []
  })
}

/**
 * The places of an image. Descriptors of the recipe without conversion to sRGB (`Recipe.colour`) are put there too, if the picture
 * has no profile to convert it by: they are the same. The codes of descriptorPlaces and openPicture; `image.file-changed`.
 */
export async function imagePlaces(
  request: Parameters<typeof descriptorPlaces>[0],
): Promise<DescriptorPlace[]> {
  const { image, recipe } = request
  const { colour, ...earlier } = recipe
  const places = await descriptorPlaces(request)
  if (colour === undefined || places.every(({ file }) => existsSync(file))) return places
  const pairs = zip(places, await descriptorPlaces({ ...request, recipe: earlier })).filter(
    ([{ file }, before]) => !existsSync(file) && existsSync(before.file),
  )
  if (pairs.length === 0) return places
  await requireSameContent(image)
  const { profile } = await openPicture(image.path, image.page)
  if (profile?.kind === 'other') return places
  for (const [{ file }, before] of pairs) {
    // Not every file system has links.
    await link(before.file, file).catch(async () => writeAtomically(file, await readFile(before.file)))
  }
  return places
}

/** What describes the missing ones, with the picture decoded. image.file-changed, the codes of decodeRaster. */
export async function describeRequest(
  { image, recipe, signal }: EnsureRequest,
  missing: readonly DescriptorPlace[],
): Promise<DescribeRequest> {
  return {
    image,
    raster: await decodeImageFile(image, { colour: recipe.colour, signal }),
    recipe,
    ...wantedOf(missing),
    signal,
  }
}

/** The part of a request that names what is to be computed. */
export const wantedOf = (
  missing: readonly DescriptorPlace[],
): Required<Pick<DescribeRequest, 'encoders' | 'wanted'>> => ({
  encoders: [...new Set(missing.map(({ encoder }) => encoder))],
  wanted: missing.map(({ encoder, cropSet }) => ({ encoder: encoder.model.name, cropSet })),
})

/** The file of the first rows while some are missing. Its name differs, so it is never used as a complete file. */
export const beginningFile = (file: string): string => file.replace(/\.npy$/, '.begun.npy')

/** Rows of a constituent. */
export interface DescriptorRows extends Matrix {
  /** The half-precision back-end that computed some of them; null if there was none. */
  readonly inHalf: BackendName | null
}

/** Stores a constituent's rows: all augmentations in its own file, fewer in the file of the first rows. */
export async function keepRows(
  place: DescriptorPlace,
  rows: DescriptorRows,
  possible = rows.rows,
): Promise<void> {
  const note = noteOf(place.encoder.model, rows.inHalf)
  const beginning = beginningFile(place.file)
  if (rows.rows < possible) {
    return writeNpy(beginning, rows, `${note}, the first ${rows.rows} of ${possible} augmentations`)
  }
  await writeNpy(place.file, rows, note)
  await removeFile(beginning)
}

/**
 * The rows of a file with exactly `count` rows, or at most `count` with `orFewer`. null for any other or a damaged file,
 * and for a half-precision file if half precision is disabled.
 */
export async function readRows(
  file: string,
  count: number,
  { model }: OpenEncoder,
  options: { orFewer?: boolean } = {},
): Promise<DescriptorRows | null> {
  try {
    const { matrix, note } = await readNpy(file)
    const inHalf = backendNames.find((name) => note.includes(halfNote(name))) ?? null
    if (inHalf !== null && isHalfForbidden()) return null
    const hasRows = options.orFewer === true ? matrix.rows <= count : matrix.rows === count
    return hasRows && matrix.columns === factsOf(model).length ? { ...matrix, inHalf } : null
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}

/** The note in a descriptor file: its weights, whether they are trained, and whether half precision was used. */
export const noteOf = (
  { name, source, fingerprint }: OpenEncoder['model'],
  inHalf: BackendName | null,
): string =>
  `${name}, ${source === 'untrained' ? 'UNTRAINED demo' : weightsMark(source)} weights ${fingerprint}${inHalf === null ? '' : halfNote(inHalf)}`

const halfNote = (name: BackendName): string => `, in half precision (${name})`
