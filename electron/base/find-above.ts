import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A file in the nearest folder above that has it; null if none does. */
export function findAbove(start: string, relative: string): string | null {
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, relative)
    if (existsSync(path)) return path
    if (folder === dirname(folder)) return null
  }
}
