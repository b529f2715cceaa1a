import { join } from 'node:path'
import { at } from '../../base/arrays.ts'
import {
  hasCode,
  type EncoderComparison,
  type EncoderName,
  type ErrorCode,
  type Failure,
  type ImageView,
  type Recipe,
  type WeightsSource,
} from '../../contract/index.ts'
import type { JobServices } from '../../session/job-services.ts'
import { countMissing, missingDone } from '../encoders/count-missing.ts'
import { describeImages, describeTask } from '../encoders/describe-images.ts'
import { requireWeights } from '../encoders/required-weights.ts'

/** An encoder with the descriptors of the images that it could encode. */
export interface EncodedImages {
  encoder: EncoderName
  /** With this encoder alone. */
  recipe: Recipe
  weights: { source: WeightsSource; fingerprints: Record<string, string> }
  /** Descriptor files by image id. */
  files: Map<number, string[]>
}

/** Errors of one encoder: the others are compared without it. */
const ofEncoder: readonly ErrorCode[] = [
  'encoder.invalid-file',
  'encoder.self-test-failed',
  'encoder.backend-failed',
]

/**
 * Makes the missing descriptors of the images for each encoder.
 * @throws AppError `encoder.missing`; that of the last encoder if none can be used; `job.cancelled`
 */
export async function encodeForEach(
  images: readonly ImageView[],
  recipes: readonly Recipe[],
  services: JobServices,
  signal: AbortSignal,
  report: (done: number, total: number) => void,
): Promise<{ encoded: EncodedImages[]; leftOut: EncoderComparison['leftOut']; failed: Failure[] }> {
  const plans: { recipe: Recipe; weights: EncodedImages['weights']; missing: number[] }[] = []
  // A missing encoder is an error before hours of encoding with another.
  for (const recipe of recipes) {
    const weights = await requireWeights(recipe, services)
    const missing = countMissing(images, recipe, weights.fingerprints, services.workspace)
    plans.push({ recipe, weights, missing })
  }
  const total = plans.reduce((sum, { missing }) => sum + (missing.at(-1) ?? 0), 0)
  const encoded: EncodedImages[] = []
  const leftOut: EncoderComparison['leftOut'] = []
  const failures = new Map<string, Failure>()
  let before = 0
  for (const { recipe, weights, missing } of plans) {
    const encoder = at(recipe.encoders, 0)
    try {
      const { described, failed } = await describeImages(images, { recipe }, services, signal, (done) =>
        report(before + missingDone(missing, done), total),
      )
      const [first] = failed
      if (described.length === 0 && first !== undefined) leftOut.push({ encoder, message: first.message })
      else {
        for (const failure of failed) failures.set(failure.path, failure)
        const files = new Map(described.map((row) => [row.image.id, row.files]))
        encoded.push({ encoder, recipe, weights, files })
      }
    } catch (error) {
      if (!hasCode(error, ...ofEncoder) || plans.length === leftOut.length + 1) throw error
      leftOut.push({ encoder, message: error.message })
    }
    before += missing.at(-1) ?? 0
  }
  return { encoded, leftOut, failed: [...failures.values()] }
}

/** Images whose time is taken. */
const timedImages = 3

/**
 * Milliseconds from file to descriptors for an image: the mean over a few images, spread over the list, that are encoded
 * again into a folder of their own. One more comes first, which opens the network.
 */
export async function measureEncoding(
  images: readonly ImageView[],
  recipe: Recipe,
  services: JobServices,
  directory: string,
  signal: AbortSignal,
): Promise<number> {
  const count = Math.min(timedImages, images.length)
  const chosen = Array.from({ length: count }, (_, n) =>
    at(images, Math.floor(((n + 0.5) * images.length) / count)),
  )
  const encode = async (image: ImageView, into: string): Promise<number> => {
    const startedAt = performance.now()
    const task = describeTask(image, { recipe }, services)
    await services.compute.run(
      'describe',
      { ...task, directory: join(directory, into), needFlags: false },
      { signal },
    )
    return performance.now() - startedAt
  }
  await encode(at(images, 0), 'first')
  let sum = 0
  for (const image of chosen) sum += await encode(image, 'timed')
  return sum / count
}
