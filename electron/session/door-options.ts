import type { CallInput } from '../contract/index.ts'

/** What a door (window, browser or command line) brings to the application. */
export interface DoorOptions {
  /** Prefix of picture addresses as the page must write them, e.g. `slide://image` or `/slide`. */
  tiles: string
  /** The system's own file dialog, where the door has one. */
  choose: ((kind: CallInput<'dialog.choose'>['kind']) => Promise<string[]>) | null
  /** Prints self-contained HTML to PDF, where the door can. */
  printPdf?: (html: string) => Promise<Uint8Array>
  /** Commands name their reader themselves; nothing is hidden from them (features/labels/blinded-reading.ts). */
  isCommandLine?: true
}
