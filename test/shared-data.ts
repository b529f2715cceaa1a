import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The path of something in the folder `shared` beside the repository, or null, said loudly, where it is absent:
 * pictures of other people's are never part of the project, so tests that need them skip themselves.
 */
export function sharedPath(relative: string): string | null {
  const path = fileURLToPath(new URL(`../../shared/${relative}`, import.meta.url))
  if (existsSync(path)) return path
  console.warn(`SKIPPED: needs ../shared/${relative}, which is not there.`)
  return null
}
