import { parse } from 'node:path'
import type { CropPlan } from '../../contract/crops.ts'

/** The names of a plan's files, `<name>_<size>_a<augmentation>_<number>.png`, in its order; `path` is the image's. */
export function cropFileNames(
  path: string,
  { crops, augmentation }: Pick<CropPlan, 'crops' | 'augmentation'>,
): string[] {
  const digits = String(crops.length - 1).length
  return crops.map(
    ({ sizePx }, index) =>
      `${parse(path).name}_${sizePx}_a${augmentation}_${String(index).padStart(digits, '0')}.png`,
  )
}
