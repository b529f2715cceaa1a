import type { Answer } from '../contract/index.ts'
import type { TaskName } from './tasks.ts'

/**
 * The connection to the compute process. `fork` creates it in plain Node, `utilityProcess` in Electron; the client
 * knows only this interface. Messages are structured clones.
 */
export interface ComputeChannel {
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once, however the process ended; `reason` is for a person to read. */
  onExit(listener: (reason: string) => void): void
  kill(): void
}

/** Starts a compute process at low priority, for work that may take hours. */
export const backgroundParameter = '--background'

/** Starts a process for `BoundedCompute`: it has only those tasks, and `boundedMemoryMib` of memory. */
export const boundedParameter = '--bounded'
/** Memory of such a process for JavaScript objects, MiB. A file of the largest accepted size needs less. */
export const boundedMemoryMib = 1024

/** Arguments of the runtime for a process with these parameters. */
export const runtimeArguments = (parameters: readonly string[]): string[] =>
  parameters.includes(boundedParameter) ? [`--max-old-space-size=${boundedMemoryMib}`] : []

/**
 * The environment of a compute process. glibc raises its limit for memory that it gives back with each large block that is freed, and so
 * keeps weights and maps of networks: 107 MB of a slide's encoding by ResNet-50. A limit that is set stays. Others ignore it.
 * Where a proxy is set, Node uses it for downloads, which this process makes.
 */
export const computeEnvironment = (own: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  MALLOC_MMAP_THRESHOLD_: String(2 ** 20),
  ...(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some((name) => (own[name] ?? '') !== '')
    ? { NODE_USE_ENV_PROXY: '1' }
    : {}),
  ...own,
})

/** @param parameters of the process's command line */
export type LaunchCompute = (parameters?: readonly string[]) => ComputeChannel

/** The calls that the compute process answers (birpc). */
export interface ComputeSide {
  run(taskId: number, name: TaskName, input: unknown): Promise<Answer>
  cancel(taskId: number): void
}

/** The calls that the host answers (birpc). */
export interface HostSide {
  progress(taskId: number, done: number, total: number): void
}
