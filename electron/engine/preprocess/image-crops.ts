import { join } from 'node:path'
import { at } from '../../base/arrays.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { exportedBefore } from '../../base/export-file.ts'
import { makeFolders } from '../../base/folders.ts'
import { asNotWritable } from '../../base/path-errors.ts'
import { AppError } from '../../contract/errors.ts'
import type { CropPlan } from '../../contract/crops.ts'
import type { QualityFlag } from '../../contract/quality.ts'
import { cropFileNames } from '../crops/crop-file-names.ts'
import { cutCrop, planCrops } from '../crops/index.ts'
import { contentHash, extendByMirroring, sha256OfImage, writeImage } from '../image/index.ts'
import { openImageFile } from './open-image.ts'

export interface PlanRequest {
  path: string
  sizePx: number
  count: number
  seed: number
  augmentation: number
}

/**
 * Where the crops of an image file lie, taken as it is (docs/pipeline.md, section 5): keyed by seed, content,
 * augmentation and size. Where it is smaller than a crop, places count in the mirrored image, and it is flagged.
 * The file is decoded, so that a damaged one is refused. The codes of decodeRaster.
 */
export async function planImageCrops(
  request: PlanRequest,
  signal: AbortSignal,
): Promise<CropPlan & { flags: QualityFlag[] }> {
  const { path, sizePx, count, seed, augmentation } = request
  const { raster, page } = await openImageFile(path, signal)
  const { widthPx, heightPx } = raster
  const imageSha256 = contentHash(await sha256OfImage(path), page)
  const crops = planCrops({
    recipeSeed: seed,
    imageSha256,
    augmentation,
    sizePx,
    count,
    widthPx: Math.max(widthPx, sizePx),
    heightPx: Math.max(heightPx, sizePx),
  })
  const measured = Math.min(widthPx, heightPx)
  const flags: QualityFlag[] =
    measured < sizePx ? [{ code: 'smaller-than-crop', measured, threshold: sizePx }] : []
  return { imageSha256, widthPx, heightPx, sizePx, seed, augmentation, crops, flags }
}

/**
 * Cuts the crops of a plan into PNG files with the names of `cropFileNames`, in the order of the plan; the folder is created. Nothing is written if one of them exists, unless `replace` is set. The codes of decodeRaster and
 * writeImage; crops.other-image where the plan is for other bytes, image.invalid-raster where a crop is not inside the
 * image.
 */
export async function cutImageCrops(
  {
    path,
    plan,
    directory,
    replace = false,
  }: { path: string; plan: CropPlan; directory: string; replace?: boolean | undefined },
  { signal, report }: { signal: AbortSignal; report: (done: number, total: number) => void },
): Promise<{ files: string[] }> {
  const { raster, page, pixelSizeUm, mark } = await openImageFile(path, signal)
  if (contentHash(await sha256OfImage(path), page) !== plan.imageSha256)
    throw new AppError('crops.other-image', { path })
  const extended = extendByMirroring(raster, plan.sizePx, plan.sizePx)
  try {
    makeFolders(directory)
  } catch (error) {
    throw asNotWritable(error, directory)
  }
  const options = { ...mark, ...(pixelSizeUm === null ? {} : { pixelSizeUm }), sources: [path], replace }
  const files = cropFileNames(path, plan).map((name) => join(directory, name))
  for (const file of files) await exportedBefore(file, replace)
  for (const [index, crop] of plan.crops.entries()) {
    throwIfCancelled(signal)
    report(index, plan.crops.length)
    await writeImage(cutCrop(extended, crop), at(files, index), options)
  }
  return { files }
}
