import { hasCode } from '../../contract/errors.ts'
import { loadAddon } from '../native/load-addon.ts'
import { kernelsInScript } from './kernels-in-script.ts'
import type { TissueKernels } from './tissue-kernels.ts'

let chosen: TissueKernels | undefined

/** The addon's where it has been built, else those in script. */
export function kernels(): TissueKernels {
  chosen ??= nativeKernels() ?? kernelsInScript
  return chosen
}

/** The addon's; null where it is missing or of a build before it had them. */
export function nativeKernels(): TissueKernels | null {
  try {
    const { imaging } = loadAddon() as { imaging?: Partial<TissueKernels> }
    return imaging?.median7 === undefined ? null : (imaging as TissueKernels)
  } catch (error) {
    if (hasCode(error, 'boosting.addon-missing')) return null
    throw error
  }
}
