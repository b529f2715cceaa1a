import { existsSync } from 'node:fs'
import type { ImageView, Recipe } from '../../contract/index.ts'
import { servingFiles } from '../../engine/descriptors/ensure-descriptors.ts'
import type { Workspace } from '../../store/index.ts'

/**
 * Element n: how many of the first n images lack a descriptor. Images that are encoded already take no time, so they
 * must not count as progress. Only file names are checked; a damaged file counts as present.
 */
export function countMissing(
  images: readonly ImageView[],
  recipe: Recipe,
  fingerprints: Readonly<Record<string, string>>,
  workspace: Workspace,
): number[] {
  const missing = [0]
  for (const image of images) {
    const isThere = isEncoded(image, recipe, fingerprints, workspace)
    missing.push((missing.at(-1) ?? 0) + (isThere ? 0 : 1))
  }
  return missing
}

/** Whether an image has a file for each constituent. */
export const isEncoded = (
  { sha256 }: Pick<ImageView, 'sha256'>,
  recipe: Recipe,
  fingerprints: Readonly<Record<string, string>>,
  { folders }: Pick<Workspace, 'folders'>,
): boolean =>
  servingFiles(folders.descriptors, sha256, recipe, fingerprints).every((files) =>
    files.some((file) => existsSync(file)),
  )

/** How many missing images are done when `done` of all images are. Fractions of an image are interpolated. */
export function missingDone(missing: readonly number[], done: number): number {
  const before = missing[Math.floor(done)] ?? missing.at(-1) ?? 0
  const after = missing[Math.ceil(done)] ?? before
  return before + (after - before) * (done % 1)
}
