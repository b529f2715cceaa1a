import { keyedGenerator } from '../random/index.ts'
import type { StainGains } from '../stain/index.ts'

/** A turn and flips, applied in this order: quarter turns counter-clockwise, vertical flip, horizontal flip. */
export interface Pose {
  quarterTurns: 0 | 1 | 2 | 3
  /** Upside down: the first row becomes the last. */
  flipVertical: boolean
  /** Left to right: the first column becomes the last. */
  flipHorizontal: boolean
}

export const upright: Pose = { quarterTurns: 0, flipVertical: false, flipHorizontal: false }

/** A square of an image in a pose; a plain value that can be printed and stored. */
export interface Crop extends Pose {
  /** Row of the upper edge, px. */
  top: number
  /** Column of the left edge, px. */
  left: number
  sizePx: number
}

/** What every draw for an image depends on, and nothing else. */
export interface DrawKey {
  recipeSeed: number
  imageSha256: string
  /** Number of the augmentation, from 0. */
  augmentation: number
}

/**
 * The crops of one image, augmentation and crop size (docs/pipeline.md, section 5): the corner uniform over all valid
 * places, then the pose. `widthPx` and `heightPx` are those of the image that will be cut, resampled and at
 * least `sizePx` in each axis (else RangeError; see extendByMirroring).
 */
export function planCrops(
  request: DrawKey & { sizePx: number; count: number; widthPx: number; heightPx: number },
): Crop[] {
  const { recipeSeed, imageSha256, augmentation, sizePx, count, widthPx, heightPx } = request
  if (sizePx > widthPx || sizePx > heightPx) {
    throw new RangeError(`a crop of ${sizePx} does not fit into ${widthPx} x ${heightPx} pixels`)
  }
  const generator = keyedGenerator('crops', recipeSeed, imageSha256, augmentation, sizePx)
  return Array.from({ length: count }, () => ({
    top: generator.nextInteger(heightPx - sizePx + 1),
    left: generator.nextInteger(widthPx - sizePx + 1),
    sizePx,
    ...drawPose(generator),
  }))
}

/** The pose of the whole image in one augmentation of the dense mode (docs/pipeline.md, section 8). */
export function planWholeTurn({ recipeSeed, imageSha256, augmentation }: DrawKey): Pose {
  return drawPose(keyedGenerator('whole turn', recipeSeed, imageSha256, augmentation))
}

/** The two gains of one augmentation, each uniform in the recipe's range (docs/pipeline.md, section 4). */
export function drawGains(
  { recipeSeed, imageSha256, augmentation }: DrawKey,
  [lowest, highest]: readonly [number, number],
): StainGains {
  const generator = keyedGenerator('gains', recipeSeed, imageSha256, augmentation)
  return {
    hematoxylin: generator.nextUniform(lowest, highest),
    eosin: generator.nextUniform(lowest, highest),
  }
}

function drawPose(generator: ReturnType<typeof keyedGenerator>): Pose {
  return {
    quarterTurns: generator.nextInteger(4) as Pose['quarterTurns'],
    flipVertical: generator.nextBoolean(),
    flipHorizontal: generator.nextBoolean(),
  }
}
