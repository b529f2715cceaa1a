import type { ComputeChannel } from '../../electron/compute/channel.ts'
import { ComputeClient } from '../../electron/compute/client.ts'
import { forkCompute } from '../../electron/compute/fork.ts'

/** A compute process of this script, and a function that ends the current one as `kill -9` does. */
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
