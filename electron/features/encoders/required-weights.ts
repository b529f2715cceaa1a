import type { Recipe, WeightSource } from '../../contract/index.ts'
import type { JobServices } from '../../session/job-services.ts'

/**
 * Source and fingerprint of the weights behind a recipe's descriptors. External descriptors need no encoder; what made
 * them is not known, so they count as unofficial, under the fingerprint of their set.
 * @throws AppError `encoder.missing`
 */
export function requireWeights(
  { encoders, external }: Recipe,
  { compute, homeDirectory }: Pick<JobServices, 'compute' | 'homeDirectory'>,
): Promise<{ source: WeightSource; fingerprints: Record<string, string> }> {
  if (external === undefined) return compute.run('encoderRequire', { homeDirectory, names: encoders })
  const fingerprints = Object.fromEntries(encoders.map((name) => [name, external.fingerprint]))
  return Promise.resolve({ source: 'unofficial', fingerprints })
}
