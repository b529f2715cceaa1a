import type { WeightsSource } from '../../contract/index.ts'

/** What Lobule 0.1 wrote, and what it means. `unofficial` was and is the same. */
const olderNames: Record<string, WeightsSource> = { keras: 'official', demo: 'untrained' }

/**
 * A weights source from a stored file in today's words. Any other value comes back unchanged, for the schema of the
 * file to accept or to refuse.
 */
export const currentWeightsSource = (stored: unknown): unknown =>
  typeof stored === 'string' && Object.hasOwn(olderNames, stored) ? olderNames[stored] : stored

/**
 * A stored document of Lobule 0.1, which named the weights source `encoders`, as it is written today: `weights`.
 * Model packages up to format 2 (manifest and report) and heat maps are such documents. Any other value comes back
 * unchanged.
 */
export function withCurrentWeights(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || !('encoders' in document)) return document
  const { encoders, ...rest } = document
  return { ...rest, weights: currentWeightsSource(encoders) }
}
