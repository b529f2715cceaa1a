import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../resources/bundled-encoders', import.meta.url))

/**
 * The folder with the weights of EfficientNet-Lite0 as the set-up fetched them, for LOBULE_BUNDLED_ENCODERS; null, said loudly,
 * where it could not reach the registry.
 */
export function starterWeightsFolder(): string | null {
  if (existsSync(join(folder, 'efficientnet-lite0-57934424.pth'))) return folder
  console.warn('SKIPPED: needs the weights of EfficientNet-Lite0, which "npm run setup" could not fetch.')
  return null
}
