import { setImmediate } from 'node:timers/promises'
import { throwIfCancelled } from '../../base/cancellation.ts'

/** Called often in a long computation: a promise whenever other work of this thread is due, else undefined. */
export type Pause = () => Promise<void> | undefined

/** Longest time between two pauses, ms: a message to this process waits as long. */
const longestMs = 20

/** A pause that throws `job.cancelled` once the signal is aborted. */
export function pauseUnless(signal: AbortSignal | undefined): Pause {
  let last = performance.now()
  return () => {
    if (performance.now() - last < longestMs) return undefined
    return setImmediate().then(() => {
      throwIfCancelled(signal)
      last = performance.now()
    })
  }
}
