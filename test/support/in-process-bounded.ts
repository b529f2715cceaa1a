import { BoundedCompute } from '../../electron/compute/bounded-compute.ts'
import { boundedTasks } from '../../electron/compute/bounded-tasks.ts'
import { inProcessCompute } from './in-process-compute.ts'

/** The tasks that read files from outside, in this process: they have no time limit here. */
export const inProcessBounded = (): BoundedCompute =>
  new BoundedCompute(inProcessCompute(boundedTasks).launch)
