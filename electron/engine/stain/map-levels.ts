import { hasCode } from '../../contract/errors.ts'
import { loadAddon } from '../native/load-addon.ts'

/**
 * Gives each pixel of `from`, 3 bytes, the levels factor(red) * factor(green) * factor(blue) + shift of the three
 * new channels in `to`; above 255 is 255, the rest is truncated. `factors`: 1024 values a channel, 4 a grey level,
 * of which the first three are for the new channels; all positive. `shift`: -1 or more.
 */
export type MapLevels = (from: Uint8Array, factors: Float64Array, shift: number, to: Uint8Array) => void

/** What the kernel in native/imaging/map_levels.cc does three times as fast, to the same bytes. */
export const mapLevelsInScript: MapLevels = (from, factors, shift, to) => {
  const length = from.length
  // Written out for the three channels, which is twice as fast as a loop over them. Light is positive and the
  // shift at least -1, so what is below zero is truncated to it.
  for (let at = 0; at < length; at += 3) {
    const red = (from[at] ?? 0) << 2
    const green = ((from[at + 1] ?? 0) << 2) + 1024
    const blue = ((from[at + 2] ?? 0) << 2) + 2048
    const newRed = (factors[red] ?? 0) * (factors[green] ?? 0) * (factors[blue] ?? 0) + shift
    const newGreen = (factors[red + 1] ?? 0) * (factors[green + 1] ?? 0) * (factors[blue + 1] ?? 0) + shift
    const newBlue = (factors[red + 2] ?? 0) * (factors[green + 2] ?? 0) * (factors[blue + 2] ?? 0) + shift
    to[at] = newRed < 255 ? newRed : 255
    to[at + 1] = newGreen < 255 ? newGreen : 255
    to[at + 2] = newBlue < 255 ? newBlue : 255
  }
}

let chosen: MapLevels | undefined

/** By the addon where it has been built, else in script. */
export const mapLevels: MapLevels = (from, factors, shift, to) => {
  chosen ??= nativeMapLevels() ?? mapLevelsInScript
  chosen(from, factors, shift, to)
}

/** The addon's kernel; null where the addon is missing. */
export function nativeMapLevels(): MapLevels | null {
  try {
    // An addon of an older build has no imaging part.
    const { imaging } = loadAddon() as { imaging?: { mapLevels: MapLevels } }
    return imaging?.mapLevels ?? null
  } catch (error) {
    if (hasCode(error, 'boosting.addon-missing')) return null
    throw error
  }
}
