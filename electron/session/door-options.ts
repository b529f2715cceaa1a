import type { CallInput } from '../contract/index.ts'

/** What an entry point (window, browser or command line) provides to the application. */
export interface DoorOptions {
  /** Prefix of image addresses on the page, e.g. `slide://image` or `/slide`. */
  tiles: string
  /** The system's own file dialog, if the entry point has one. */
  choose: ((kind: CallInput<'dialog.choose'>['kind']) => Promise<string[]>) | null
  /** Prints self-contained HTML to PDF, if the entry point can. */
  printPdf?: (html: string) => Promise<Uint8Array>
  /** It opens a port, which the policy of the computer may forbid. */
  isBrowser?: true
  /** Commands name their reader themselves; nothing is hidden from them (features/labels/blinded-reading.ts). */
  isCommandLine?: true
}
