import { mkdtempSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll } from 'vitest'
import type { VerifiedPixels } from '../../../../electron/engine/image/picture.ts'
import { makeRaster, openPicture, type Raster } from '../../../../electron/engine/image/index.ts'

/** A folder for this test file, removed after it. */
export const folder = mkdtempSync(join(tmpdir(), 'lobule-image-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

export const place = (name: string): string => join(folder, name)

/** Writes a file into the folder and returns its path. */
export async function put(name: string, bytes: Uint8Array | string): Promise<string> {
  await writeFile(place(name), bytes)
  return place(name)
}

/** A smooth image with many grey levels, 60 x 40. */
function gradient(): Raster {
  const raster = makeRaster(60, 40)
  raster.data.forEach((_, at) => {
    const pixel = Math.floor(at / 3)
    raster.data[at] = [4 * (pixel % 60), 6 * Math.floor(pixel / 60), 255 - 4 * (pixel % 60)][at % 3] ?? 0
  })
  return raster
}

export const picture = gradient()
export const raw = () => sharp(picture.data, { raw: { width: 60, height: 40, channels: 3 } })
export const pixel = (raster: Raster, x: number, y: number): number[] => [
  ...raster.data.subarray((y * raster.widthPx + x) * 3, (y * raster.widthPx + x) * 3 + 3),
]

/** Opens one image of a file and checks it as an import does. */
export const verifyPicture = async (path: string, page = 1, signal?: AbortSignal): Promise<VerifiedPixels> =>
  (await openPicture(path, page)).verify(signal)
