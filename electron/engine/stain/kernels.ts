import { hasCode } from '../../contract/errors.ts'
import { loadAddon } from '../native/load-addon.ts'
import { kernelsInScript } from './kernels-in-script.ts'
import type { StainKernels } from './stain-kernels.ts'

let chosen: StainKernels | undefined

/** The addon's where it has been built, else those in script. */
export function kernels(): StainKernels {
  chosen ??= nativeKernels() ?? kernelsInScript
  return chosen
}

/** The addon's; null where it is missing or of a build before it had them. */
export function nativeKernels(): StainKernels | null {
  try {
    const { imaging } = loadAddon() as { imaging?: Partial<StainKernels> }
    return imaging?.findTails === undefined ? null : (imaging as StainKernels)
  } catch (error) {
    if (hasCode(error, 'boosting.addon-missing')) return null
    throw error
  }
}
