import { readdirSync } from 'node:fs'
import { constants, setPriority } from 'node:os'

/**
 * Lets every other process of this machine go first, for good: with nothing else to do the processor works for
 * this one as before. Where the system refuses, nothing changes.
 */
export function lowerPriority(): void {
  try {
    // On Linux each thread has its own priority; those that come later take over that of their maker.
    const threads = process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [0]
    for (const thread of threads) setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It is a courtesy.
  }
}
