import { rename, rm } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'

/**
 * Windows neither moves nor deletes a file that another program has open, and virus scanners, indexers and synchronising
 * programs open every new file for a moment. There, what fails so is tried again after these pauses, ms: 1.3 s in all.
 * Elsewhere an open file is no obstacle, and a failure is one.
 */
export const pausesMs: readonly number[] = [10, 20, 40, 80, 160, 320, 640]

const heldCodes = ['EBUSY', 'EPERM', 'EACCES']

interface Patience {
  platform?: NodeJS.Platform
  pause?: (ms: number) => unknown
}

const isHeld = (error: unknown, platform: NodeJS.Platform): boolean =>
  platform === 'win32' && heldCodes.includes((error as NodeJS.ErrnoException | null)?.code ?? '')

/**
 * Moves or deletes something, more than once where another program holds it open.
 * @throws the last failure of `act`
 */
export async function patiently<T>(
  act: () => Promise<T>,
  { platform = process.platform, pause = wait }: Patience = {},
): Promise<T> {
  for (const ms of pausesMs) {
    try {
      return await act()
    } catch (error) {
      if (!isHeld(error, platform)) throw error
    }
    await pause(ms)
  }
  return act()
}

/** As `patiently`, before it returns. */
export function patientlySync<T>(
  act: () => T,
  { platform = process.platform, pause = sleep }: Patience = {},
): T {
  for (const ms of pausesMs) {
    try {
      return act()
    } catch (error) {
      if (!isHeld(error, platform)) throw error
    }
    pause(ms)
  }
  return act()
}

const sleep = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

/** Moves a file or a folder on one disk, onto what is there. */
export const moveFile = (from: string, to: string): Promise<void> => patiently(() => rename(from, to))

/** Removes a file, if it is there. */
export const removeFile = (path: string): Promise<void> => patiently(() => rm(path, { force: true }))

/** Removes a folder with everything in it, if it is there. */
export const removeFolder = (path: string): Promise<void> =>
  patiently(() => rm(path, { recursive: true, force: true }))
