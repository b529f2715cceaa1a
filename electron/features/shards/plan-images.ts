import { stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { requireSpace } from '../../base/free-space.ts'
import { asPathError, isMissing } from '../../base/path-errors.ts'
import { AppError, type ImageView, type PlanImages, type PlanShardsReport } from '../../contract/index.ts'
import { isSeveralFiles } from '../../engine/image/image-parts.ts'
import type { PlanUnit } from '../../engine/shards/plan-images.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { failureOf } from '../images/find-images.ts'
import { placeFile } from './plan-folder.ts'

type PlanFailure = PlanShardsReport['failed'][number]

/** An image with its line in a plan. */
export interface PlannedImage {
  readonly image: ImageView
  readonly unit: PlanUnit
}

/** The unit of each image whose file is there; the others are listed. */
export async function unitsOf(
  images: readonly ImageView[],
  how: PlanImages,
): Promise<{ units: PlannedImage[]; failed: PlanFailure[] }> {
  const units: PlannedImage[] = []
  const failed: PlanFailure[] = []
  for (const image of images) {
    const { path, sha256, page, pixelSizeUm, cameraBits } = image
    try {
      const { size } = await stat(path).catch((error: unknown) => {
        throw isMissing(error) ? new AppError('image.file-missing', { path }) : asPathError(error, path)
      })
      if (how !== 'paths' && (await isSeveralFiles(path))) throw new AppError('shard.several-files', { path })
      const name = `images/${sha256.slice(0, 2)}/${sha256}${plainEnding(path)}`
      units.push({
        image,
        unit: {
          ...{ sha256, page, pixelSizeUm, bytes: size, path: how === 'paths' ? path : name },
          ...(cameraBits === null || cameraBits === undefined ? {} : { cameraBits }),
        },
      })
    } catch (error) {
      const { message } = failureOf(path, error)
      failed.push({ path, message })
    }
  }
  return { units, failed }
}

/** An ending that a plan may hold; the formats are recognised by content. */
function plainEnding(path: string): string {
  const ending = extname(path).toLowerCase()
  return /^\.[a-z0-9]{1,10}$/.test(ending) ? ending : ''
}

/** Of all files. */
export const bytesOf = (units: readonly PlannedImage[]): number =>
  units.reduce((sum, { unit }) => sum + unit.bytes, 0)

/** Brings the images into the folder of a plan. @throws AppError `disk.full`, `path.not-writable`, `job.cancelled` */
export async function placeImages(
  directory: string,
  units: readonly PlannedImage[],
  how: PlanImages,
  { signal, onProgress }: ReturnType<JobRun['during']>,
): Promise<void> {
  if (how === 'copy') await requireSpace(directory, bytesOf(units))
  for (const [index, { unit, image }] of units.entries()) {
    throwIfCancelled(signal)
    onProgress(index, units.length)
    if (how !== 'paths') await placeFile(image.path, join(directory, unit.path), how)
  }
  onProgress(units.length, units.length)
}
