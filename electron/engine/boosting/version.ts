import { boostingAddon } from './addon.ts'

/** The version of LightGBM in the addon (electron/setup/native.mjs pins the same). Throws `boosting.addon-missing`. */
export function boostingVersion(): string {
  boostingAddon()
  return '4.6.0'
}
