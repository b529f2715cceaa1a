import { readdirSync } from 'node:fs'
import { constants, setPriority } from 'node:os'

/**
 * Lowers the priority of this process permanently. Without other work on this machine it runs as fast as before. If the
 * system refuses, nothing changes.
 */
export function lowerPriority(): void {
  try {
    // On Linux each thread has its own priority; new threads inherit that of the thread that creates them.
    const threads = process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [0]
    for (const thread of threads) setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Optional: the work runs at normal priority, too.
  }
}
