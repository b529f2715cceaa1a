import { createBirpc, type BirpcReturn } from 'birpc'
import { AppError, fromErrorView } from '../contract/index.ts'
import type { ComputeSide, HostSide, LaunchCompute } from './channel.ts'
import type { TaskInput, TaskName, TaskOutput } from './tasks.ts'

interface RunOptions {
  signal?: AbortSignal
  onProgress?: (done: number, total: number) => void
}

interface Connection {
  remote: BirpcReturn<ComputeSide, HostSide, false>
  kill: () => void
}

/**
 * The host's side of a compute process, which is started at the first task and again after a crash. A crash
 * fails the tasks under way with `compute.crashed` and nothing else.
 */
export class ComputeClient {
  readonly #launch: LaunchCompute
  readonly #onCrash: (reason: string) => void
  readonly #progress = new Map<number, (done: number, total: number) => void>()
  #connection: Connection | null = null
  #isClosed = false
  #nextTask = 1

  constructor(launch: LaunchCompute, onCrash: (reason: string) => void) {
    this.#launch = launch
    this.#onCrash = onCrash
  }

  /**
   * Runs one task. Aborting `signal` asks the task to stop; the promise then rejects with `job.cancelled`.
   * @throws AppError as the task does, `compute.crashed`, or `job.cancelled` once this client is closed
   */
  async run<N extends TaskName>(
    name: N,
    input: TaskInput<N>,
    { signal, onProgress }: RunOptions = {},
  ): Promise<TaskOutput<N>> {
    if (this.#isClosed || signal?.aborted === true) throw new AppError('job.cancelled', {})
    const taskId = this.#nextTask++
    const { remote } = (this.#connection ??= this.#connect())
    const cancel = (): void => void remote.$callEvent('cancel', taskId)
    signal?.addEventListener('abort', cancel, { once: true })
    if (onProgress !== undefined) this.#progress.set(taskId, onProgress)
    try {
      const answer = await remote.$call('run', taskId, name, input)
      if (!answer.ok) throw fromErrorView(answer.error)
      return answer.value as TaskOutput<N>
    } finally {
      signal?.removeEventListener('abort', cancel)
      this.#progress.delete(taskId)
    }
  }

  /** Ends the process for good: tasks under way and all later ones fail with `job.cancelled`. */
  close(): void {
    this.#isClosed = true
    this.stopProcess()
  }

  /** Ends the process; the next task starts a new one. Tasks under way fail with `job.cancelled`. */
  stopProcess(): void {
    const connection = this.#connection
    this.#connection = null
    connection?.remote.$close(new AppError('job.cancelled', {}))
    connection?.kill()
  }

  #connect(): Connection {
    const channel = this.#launch()
    const remote = createBirpc<ComputeSide, HostSide, false>(
      { progress: (taskId, done, total) => this.#progress.get(taskId)?.(done, total) },
      {
        post: (message) => channel.post(message),
        // Returns nothing: birpc would wait for the result, and `close` does not know a call that waits.
        on: (listener) => {
          channel.onMessage(listener)
        },
        // Trainings take hours; a process that died is noticed by its exit, not by silence.
        timeout: -1,
        proxify: false,
      },
    )
    const connection: Connection = { remote, kill: () => channel.kill() }
    channel.onExit((reason) => {
      if (this.#connection !== connection) return
      this.#connection = null
      remote.$close(new AppError('compute.crashed', { reason }))
      this.#onCrash(reason)
    })
    return connection
  }
}
