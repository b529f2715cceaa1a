import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { at } from '../../base/arrays.ts'
import { writeAtomically } from '../../base/atomic-file.ts'
import { AppError } from '../../contract/errors.ts'
import { externalSetSchema, type CropSet, type ExternalSet, type Recipe } from '../../contract/index.ts'
import { descriptorLength } from '../recipe/descriptor-length.ts'
import type { ImageFile } from '../image/index.ts'
import { constituentsOf } from './constituents.ts'
import { readNpy, type Matrix } from './npy.ts'

/** Subfolder of the descriptors folder. Unlike the rest, its content cannot be made again. */
export const externalFolder = 'external'

const recordName = 'set.json'
/** On some systems names that differ only in case are the same folder, so they are the same set everywhere. */
const folderOf = (directory: string, name: string): string =>
  join(directory, externalFolder, name.toLowerCase())

/** The file with the descriptors of an image in a set. */
export const externalFile = (
  directory: string,
  set: string,
  sha256: string,
  { encoder, sizePx, scale }: { encoder: string; sizePx: number; scale: number },
): string => join(folderOf(directory, set), sha256.slice(0, 2), sha256, `${encoder}-${scale}-${sizePx}.npy`)

/** A set's record; null if it is missing or damaged. */
export async function readExternalSet(directory: string, name: string): Promise<ExternalSet | null> {
  const text = await readFile(join(folderOf(directory, name), recordName), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return externalSetSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** A recipe that uses external descriptors. */
export type ExternalRecipe = Recipe & { external: NonNullable<Recipe['external']> }

export const isExternal = (recipe: Recipe): recipe is ExternalRecipe => recipe.external !== undefined

/** In the order of their names. */
export async function listExternalSets(directory: string): Promise<ExternalSet[]> {
  const folders = await readdir(join(directory, externalFolder)).catch((): string[] => [])
  const sets = await Promise.all(folders.toSorted().map((name) => readExternalSet(directory, name)))
  return sets.filter((set) => set !== null)
}

/** path.not-writable. */
export const writeExternalSet = (directory: string, set: ExternalSet): Promise<void> =>
  writeAtomically(join(folderOf(directory, set.name), recordName), JSON.stringify(set, null, 2) + '\n')

const isSame = (set: CropSet, other: { sizePx: number; scale: number }): boolean =>
  set.sizePx === other.sizePx && set.scale === other.scale

/**
 * Changes a recipe to use a set's descriptors instead of Lobule's own, with all augmentations of the set.
 * @throws AppError `descriptors.not-in-set` if the set lacks an encoder or crop set of the recipe
 */
export function recipeOnSet(recipe: Recipe, set: ExternalSet): Recipe {
  const known = set.encoders.flatMap((encoder) =>
    set.crops.map(({ sizePx, scale }) => `${encoder} ${sizePx} at scale ${scale}`),
  )
  const missing = constituentsOf(recipe).flatMap(({ encoder, cropSet }) => {
    const crops = recipe.crops.sets[cropSet]
    const isThere = crops && set.encoders.includes(encoder) && set.crops.some((other) => isSame(crops, other))
    return crops === undefined || isThere ? [] : [`${encoder} ${crops.sizePx} at scale ${crops.scale}`]
  })
  if (missing.length > 0) throw new AppError('descriptors.not-in-set', { set: set.name, missing, known })
  // What the other program did with profiles is not known.
  const { colour: _, ...others } = recipe
  return {
    ...others,
    name: `${recipe.name}, on the external descriptors "${set.name}"`,
    augmentation: { ...recipe.augmentation, count: set.augmentations },
    external: { name: set.name, fingerprint: set.fingerprint },
  }
}

/** The files of an image in a recipe's external set, in the order of `constituentsOf(recipe)`. */
export function externalFiles(directory: string, sha256: string, recipe: ExternalRecipe): string[] {
  return constituentsOf(recipe).map(({ encoder, cropSet }) => {
    const set = recipe.crops.sets[cropSet]
    if (set === undefined) throw new RangeError(`no crop set ${cropSet}`)
    return externalFile(directory, recipe.external.name, sha256, { encoder, ...set })
  })
}

/**
 * Reads the descriptors of an image in a recipe's external set, one matrix per constituent.
 * @throws AppError `descriptors.set-missing` if the workspace has no such set, or a different one with that name;
 *   `descriptors.none` if the set has no descriptors of this image; `descriptors.invalid-file` if a file is damaged,
 *   because it cannot be made again
 */
export async function readExternal(
  directory: string,
  { path, sha256 }: ImageFile,
  recipe: ExternalRecipe,
): Promise<{ files: string[]; tables: Matrix[] }> {
  const { name, fingerprint } = recipe.external
  const set = await readExternalSet(directory, name)
  if (set?.fingerprint !== fingerprint) throw new AppError('descriptors.set-missing', { set: name })
  const files = externalFiles(directory, sha256, recipe)
  const tables: Matrix[] = []
  for (const [index, { encoder }] of constituentsOf(recipe).entries()) {
    const file = at(files, index)
    const { matrix } = await readNpy(file).catch((error: unknown) => {
      const isAbsent = error instanceof AppError && error.code === 'path.not-found'
      throw isAbsent ? new AppError('descriptors.none', { image: path, set: name }, { cause: error }) : error
    })
    requireShape(matrix, file, set.augmentations, descriptorLength(recipe, encoder))
    tables.push(matrix)
  }
  return { files, tables }
}

/** descriptors.invalid-file unless the matrix has this shape. */
export function requireShape(matrix: Matrix, path: string, rows: number, columns: number): void {
  if (matrix.rows === rows && matrix.columns === columns) return
  const reason = `it holds ${matrix.rows} x ${matrix.columns} values, ${rows} x ${columns} are needed`
  throw new AppError('descriptors.invalid-file', { path, reason })
}
