/** A process whose tasks never end, take all memory, or are quick. Run by bounded-compute.test.ts. */
import { serveTasks } from '../../../electron/compute/serve.ts'
import type { Tasks } from '../../../electron/compute/tasks.ts'

const handlers: Partial<Tasks> = {
  matchCases: () => Promise.resolve(JSON.stringify([String(process.pid)])),
  checkGeometry: () => {
    for (;;) {
      // Nothing but the end of the process stops this.
    }
  },
  evaluateTable: () => {
    const kept: number[][] = []
    for (;;) kept.push(new Array<number>(1e7).fill(0.5))
  },
}
process.once('disconnect', () => process.exit(0))
serveTasks(
  {
    post: (message) => process.send?.(message),
    onMessage: (listener) => process.on('message', listener),
  },
  handlers,
)
