import { createHash } from 'node:crypto'
import type { CropSet, EncoderName, Recipe } from '../../contract/index.ts'

/**
 * JSON with the keys of every object in code-point order, so that equal content gives equal text. Throws
 * on numbers that JSON cannot hold.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`${value} in a recipe`)
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(',')}}`
}

const digest = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex')

/** Identifies a recipe by its content; the name does not count. 64 hexadecimal digits. */
export function recipeFingerprint(recipe: Recipe): string {
  return digest({ ...recipe, name: undefined })
}

/**
 * Identifies what the descriptors of one encoder and crop set depend on, and nothing else, so that recipes
 * which differ in folds or boosting share the cache. 64 hexadecimal digits.
 */
export function descriptorFingerprint(
  recipe: Recipe,
  cropSet: CropSet,
  encoder: EncoderName,
  weightFingerprint: string,
): string {
  const { seed, stain, augmentation, crops, mode, poolingNorm } = recipe
  return digest({
    // Raised whenever the code that makes descriptors changes its numbers.
    algorithm: 1,
    seed,
    stain,
    augmentation,
    cropCount: crops.count,
    cropSet,
    mode,
    poolingNorm,
    encoder,
    weightFingerprint,
  })
}
