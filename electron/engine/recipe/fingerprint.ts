import { strictCanonicalJson } from '../../base/canonical-json.ts'
import { sha256 } from '../../base/sha256.ts'
import type { CropSet, EncoderName, Recipe } from '../../contract/index.ts'

const digest = (value: unknown): string => sha256(strictCanonicalJson(value))

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
  const { seed, colour, stain, stainStep, augmentation, crops, mode, poolingNorm } = recipe
  return digest({
    // Raised whenever the code that makes descriptors changes its numbers.
    algorithm: 1,
    seed,
    stain,
    // Left out where they are absent, so that the fingerprints of earlier recipes stay.
    colour,
    stainStep,
    augmentation,
    cropCount: crops.count,
    cropSet,
    mode,
    poolingNorm,
    encoder,
    weightFingerprint,
  })
}
