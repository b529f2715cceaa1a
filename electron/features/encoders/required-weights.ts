import type { Recipe, WeightsSource } from '../../contract/index.ts'
import type { JobServices } from '../../session/job-services.ts'

/**
 * Source and fingerprints of the weights that a recipe's descriptors are made with. External descriptors need no
 * encoder. Their weights are unknown, so they count as unofficial, with the fingerprint of their set.
 * @throws AppError `encoder.missing`
 */
export function requireWeights(
  { encoders, external }: Recipe,
  { compute, homeDirectory }: Pick<JobServices, 'compute' | 'homeDirectory'>,
): Promise<{ source: WeightsSource; fingerprints: Record<string, string> }> {
  if (external === undefined) return compute.run('encoderRequire', { homeDirectory, names: encoders })
  const fingerprints = Object.fromEntries(encoders.map((name) => [name, external.fingerprint]))
  return Promise.resolve({ source: 'unofficial', fingerprints })
}
