/**
 * The wire to the compute process. `fork` makes it in plain Node, `utilityProcess` in Electron; the queue
 * sees only this. Messages are structured clones.
 */
export interface ComputeChannel {
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once, however the process ended; `reason` is for a person to read. */
  onExit(listener: (reason: string) => void): void
  kill(): void
}

/** Told to a compute process whose work may take hours: it leaves the processor to whatever somebody waits for. */
export const backgroundParameter = '--background'

/** @param parameters of the process's command line */
export type LaunchCompute = (parameters?: readonly string[]) => ComputeChannel
