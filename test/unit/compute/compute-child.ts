/**
 * A compute process that only computes descriptors: the shipped one needs a build first (Node 22 does not know
 * `using`). Run by kill.test.ts.
 */
import { ensureDescriptors } from '../../../electron/engine/descriptors/index.ts'
import { OpenEncoders } from '../../../electron/engine/encoders/index.ts'
import type { Tasks } from '../../../electron/compute/tasks.ts'
import { serveTasks } from '../../../electron/compute/serve.ts'

const handlers: Pick<Tasks, 'describe'> = {
  describe: async ({ homeDirectory, backend, ...request }, { signal, report }) => {
    const encoders = new OpenEncoders(homeDirectory, backend)
    const made = await ensureDescriptors({ ...request, encoders, signal, onProgress: report })
    await encoders.close()
    return { ...made, flags: made.flags && [...made.flags] }
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
