import { stat } from 'node:fs/promises'
import type { Raster } from './raster.ts'

/** Larger pictures are decoded anew for each tile: they would push out all others. */
export const maxCachedPixels = 24_000_000
/** About seventeen fields of 2048 x 1536. */
const maxCacheBytes = 160 * 1024 * 1024

interface Kept {
  raster: Promise<Raster>
  bytes: number
}

/** Oldest first; whoever is asked for becomes the newest. */
const kept = new Map<string, Kept>()

/**
 * A decoded picture, shared with everybody who asks for the same one: while it is being decoded, and until newer
 * ones push it out. A file that has changed is another picture. Do not write into it.
 * @param pixels how many it will have
 */
export async function decodeCached(
  path: string,
  page: number,
  pixels: number,
  decode: () => Promise<Raster>,
): Promise<Raster> {
  const { size, mtimeMs } = await stat(path)
  const key = JSON.stringify([path, page, size, mtimeMs])
  const known = kept.get(key)
  kept.delete(key)
  const entry = known ?? { raster: decode(), bytes: 3 * pixels }
  kept.set(key, entry)
  // One that fails is no picture; the next who asks may find it mended.
  if (known === undefined) entry.raster.catch(() => kept.delete(key))
  let bytes = [...kept.values()].reduce((sum, one) => sum + one.bytes, 0)
  for (const [oldest, one] of kept) {
    if (bytes <= maxCacheBytes || oldest === key) break
    kept.delete(oldest)
    bytes -= one.bytes
  }
  return entry.raster
}
