import type { Crop, Pose } from '../../electron/engine/crops/index.ts'

/** A crop in the form of the published system's golden values (shared/reference/preprocess). */
export interface GoldenCrop {
  size: number
  top: number
  left: number
  quarter_turns_ccw: Pose['quarterTurns']
  flip_vertical: boolean
  flip_horizontal: boolean
  rgb_sha256: string
}

/** The same crop in the form of the engine. */
export const cropOf = (golden: GoldenCrop): Crop => ({
  top: golden.top,
  left: golden.left,
  sizePx: golden.size,
  quarterTurns: golden.quarter_turns_ccw,
  flipVertical: golden.flip_vertical,
  flipHorizontal: golden.flip_horizontal,
})
