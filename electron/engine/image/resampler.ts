import { hasCode } from '../../contract/errors.ts'
import { loadAddon } from '../native/load-addon.ts'
import { resampleInScript } from './resample-in-script.ts'
import type { Resample } from './resample-kernel.ts'

let chosen: Resample | undefined

/** The addon's where it has been built, else that in script: the same bits. */
export function resampler(): Resample {
  chosen ??= nativeResample() ?? resampleInScript
  return chosen
}

type NativeResample = (
  from: Uint8Array,
  widthPx: number,
  across: Int32Array,
  acrossWeights: Float32Array,
  down: Int32Array,
  downWeights: Float32Array,
  to: Uint8Array,
) => void

/** The addon's; null where it is missing or of a build before it had this. */
export function nativeResample(): Resample | null {
  try {
    const { imaging } = loadAddon() as { imaging?: { resample?: NativeResample } }
    const native = imaging?.resample
    if (native === undefined) return null
    return (from, widthPx, across, down, to) => {
      native(from, widthPx, across.offsets, across.weights, down.offsets, down.weights, to)
    }
  } catch (error) {
    if (hasCode(error, 'boosting.addon-missing')) return null
    throw error
  }
}
