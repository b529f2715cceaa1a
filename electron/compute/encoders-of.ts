import type { BackendChoice } from '../contract/index.ts'
import { OpenEncoders } from '../engine/encoders/index.ts'

const openEncoders = new Map<string, OpenEncoders>()

/** The encoders of a data folder on a back-end; opened once and kept for the life of the process. */
export function encodersOf(homeDirectory: string, backend: BackendChoice): OpenEncoders {
  const key = `${backend} ${homeDirectory}`
  const known = openEncoders.get(key) ?? new OpenEncoders(homeDirectory, backend)
  openEncoders.set(key, known)
  return known
}
