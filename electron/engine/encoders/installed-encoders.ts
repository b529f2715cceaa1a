import type { EncoderName, OwnEncoderView } from '../../contract/index.ts'
import type { EncoderEntry } from './encoder-entry.ts'
import { EncoderStore } from './encoder-store.ts'
import { OwnEncoderStore } from './own/own-store.ts'

/** An encoder of either kind, installed or not. */
export type AnyEncoderEntry = EncoderEntry<EncoderName> & {
  readonly own?: OwnEncoderView | null
}

/** Lobule's encoders in their order, installed or not, and then those that a lab has brought, by name. */
export const listEncoders = async (homeDir: string): Promise<AnyEncoderEntry[]> => [
  ...(await new EncoderStore(homeDir).list()),
  ...(await new OwnEncoderStore(homeDir).list()),
]
