import { stat } from 'node:fs/promises'
import type { Raster } from './raster.ts'

/** Larger images are decoded again for each tile, because they would displace all others in the cache. */
export const maxCachedPixels = 24_000_000
/** Memory for about seventeen fields of 2048 x 1536. */
const maxCacheBytes = 160 * 1024 * 1024

interface Kept {
  raster: Promise<Raster>
  bytes: number
}

/** Least recently used first. */
const kept = new Map<string, Kept>()

/**
 * Decodes an image, or returns it from the cache, also while it is still being decoded. A changed file is a different
 * image. Callers share the raster and must not write to it.
 * @param pixels the number of pixels of the image
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
  // Do not keep a failure: the file may be repaired before the next call.
  if (known === undefined) entry.raster.catch(() => kept.delete(key))
  let bytes = [...kept.values()].reduce((sum, one) => sum + one.bytes, 0)
  for (const [oldest, one] of kept) {
    if (bytes <= maxCacheBytes || oldest === key) break
    kept.delete(oldest)
    bytes -= one.bytes
  }
  return entry.raster
}
