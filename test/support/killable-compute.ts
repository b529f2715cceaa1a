import type { ComputeChannel } from '../../electron/jobs/compute-channel.ts'
import { ComputeClient } from '../../electron/jobs/compute-client.ts'
import { forkCompute } from '../../electron/jobs/fork-compute.ts'

/** A compute process of this script, and what ends the one that runs now as `kill -9` does. */
export function killableCompute(script: string): { compute: ComputeClient; kill: () => void } {
  const channels: ComputeChannel[] = []
  const compute = new ComputeClient(
    () => {
      const channel = forkCompute(script)()
      channels.push(channel)
      return channel
    },
    () => undefined,
  )
  return { compute, kill: () => channels.at(-1)?.kill() }
}
