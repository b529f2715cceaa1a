import { existsSync } from 'node:fs'
import type { ImageView, Recipe } from '../../contract/index.ts'
import { descriptorFiles } from '../../engine/descriptors/ensure-descriptors.ts'
import type { Workspace } from '../../store/index.ts'

/**
 * For each number of images, how many of the first so many lack a descriptor: what is encoded already takes no
 * time and must not count as progress. By the files' names; a damaged one is not foreseen here.
 */
export function countMissing(
  images: readonly ImageView[],
  recipe: Recipe,
  fingerprints: Readonly<Record<string, string>>,
  workspace: Workspace,
): number[] {
  const missing = [0]
  for (const { sha256 } of images) {
    const isThere = descriptorFiles(workspace.folders.descriptors, sha256, recipe, fingerprints).every(
      (file) => existsSync(file),
    )
    missing.push((missing.at(-1) ?? 0) + (isThere ? 0 : 1))
  }
  return missing
}

/** How many of those that are missing are done when so many of all images are, a part of one included. */
export function missingDone(missing: readonly number[], done: number): number {
  const before = missing[Math.floor(done)] ?? missing.at(-1) ?? 0
  const after = missing[Math.ceil(done)] ?? before
  return before + (after - before) * (done % 1)
}
