import type { LaunchCompute } from '../../electron/compute/channel.ts'
import type { Tasks } from '../../electron/compute/tasks.ts'
import { serveTasks } from '../../electron/compute/serve.ts'

export interface InProcessCompute {
  launch: LaunchCompute
  /** Ends the newest "process" as a crash would. */
  crash: (reason: string) => void
  launches: () => number
  /** The parameters of each "process". */
  parameters: readonly (readonly string[])[]
}

/** The compute process in this process: the same channel, messages cloned as between processes. */
export function inProcessCompute(handlers: Partial<Tasks>): InProcessCompute {
  let count = 0
  const told: (readonly string[])[] = []
  let crash = (_reason: string): void => undefined
  const launch: LaunchCompute = (parameters = []) => {
    count++
    told.push(parameters)
    let alive = true
    let toHost = (_message: unknown): void => undefined
    let toCompute = (_message: unknown): void => undefined
    const deliver = (to: () => (message: unknown) => void, message: unknown): void => {
      const copy = structuredClone(message)
      queueMicrotask(() => {
        if (alive) to()(copy)
      })
    }
    serveTasks(
      { post: (message) => deliver(() => toHost, message), onMessage: (listener) => (toCompute = listener) },
      handlers,
    )
    return {
      post: (message) => deliver(() => toCompute, message),
      onMessage: (listener) => (toHost = listener),
      onExit: (listener) => {
        crash = (reason) => {
          alive = false
          listener(reason)
        }
      },
      kill: () => (alive = false),
    }
  }
  return { launch, crash: (reason) => crash(reason), launches: () => count, parameters: told }
}
