import type { AnyEvent, CallInput, Handlers } from '../contract/index.ts'
import type { LaunchCompute } from '../compute/channel.ts'
import type { IncomingFile } from './dropped-files.ts'

/** What a door brings along. */
export interface DoorOptions {
  /** Prefix of picture addresses as the page must write them, e.g. `slide://image` or `/slide`. */
  tiles: string
  /** The system's own file dialog, where the door has one. */
  choose: ((kind: CallInput<'dialog.choose'>['kind']) => Promise<string[]>) | null
  /** Prints self-contained HTML to PDF, where the door has a way. */
  printPdf?: (html: string) => Promise<Uint8Array>
  /** A command names its reader itself; nothing is withheld from it (services/withhold.ts). */
  isCommandLine?: true
}

export interface ApplicationOptions {
  /** The user's data folder: settings and encoders (LOBULE_HOME). */
  homeDirectory: string
  version: string
  launchCompute: LaunchCompute
  door: DoorOptions
}

export interface Picture {
  bytes: Uint8Array
  type: 'image/jpeg' | 'image/png'
}

/** The one application behind every door. */
export interface Application {
  readonly handlers: Handlers
  /** Returns the function that stops listening. */
  onEvent(listener: (event: AnyEvent) => void): () => void
  /** A tile or thumbnail of a known image by its path (contract/tiles.ts). Throws `image.not-found`. */
  readPicture(path: string): Promise<Picture>
  /**
   * Takes a file of an announced drop (`drop.begin`) and answers where it lies; whole, or not at all.
   * @throws AppError `drop.refused`, `path.not-writable`
   */
  receiveFile(file: IncomingFile): Promise<string>
  /** Stops the compute process and closes the workspace. */
  close(): Promise<void>
}
