import type { Foreground } from '../base/foreground.ts'
import type { AnyEvent, Handlers } from '../contract/index.ts'
import type { LaunchCompute } from '../compute/channel.ts'
import type { DoorOptions } from '../session/door-options.ts'
import type { MachinePolicy } from '../session/policy.ts'
import type { IncomingFile } from '../features/images/dropped-files.ts'
import type { Picture } from '../features/images/pictures.ts'

export interface ApplicationOptions {
  /** The user's data folder: settings and encoders (LOBULE_HOME). */
  homeDirectory: string
  version: string
  /** What an administrator has set for this computer. Default: nothing. */
  policy?: MachinePolicy
  launchCompute: LaunchCompute
  door: DoorOptions
}

/** The application behind every entry point. */
export interface Application {
  readonly handlers: Handlers
  /** Holds each call until its handler has ended; a door that sends long answers holds it until they are sent. */
  readonly foreground: Foreground
  /** Returns the function that stops listening. */
  onEvent(listener: (event: AnyEvent) => void): () => void
  /** A tile or thumbnail of a known image by its path (contract/tiles.ts). Throws `image.not-found`. */
  readPicture(path: string): Promise<Picture>
  /**
   * Stores a file of an announced drop (`drop.begin`), complete or not at all, and returns its path.
   * @throws AppError `drop.refused`, `path.not-writable`
   */
  receiveFile(file: IncomingFile): Promise<string>
  /** Stops the compute process and closes the workspace. */
  close(): Promise<void>
}
