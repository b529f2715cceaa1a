import type { AnyEvent, Handlers } from '../contract/index.ts'
import type { LaunchCompute } from '../jobs/compute-channel.ts'

/** What a door brings along. */
export interface DoorOptions {
  /** Prefix of picture addresses as the page must write them, e.g. `slide://image` or `/slide`. */
  tiles: string
  /** The system's own file dialog, where the door has one. */
  choose: ((kind: 'files' | 'folder' | 'weights') => Promise<string[]>) | null
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
  type: 'image/jpeg'
}

/** The one application behind every door. */
export interface Application {
  readonly handlers: Handlers
  /** Returns the function that stops listening. */
  onEvent(listener: (event: AnyEvent) => void): () => void
  /** A tile or thumbnail of a known image by its path (contract/tiles.ts). Throws `image.not-found`. */
  readPicture(path: string): Promise<Picture>
  /** Stops the compute process and closes the workspace. */
  close(): Promise<void>
}
