import { AppError, hasCode } from '../contract/index.ts'
import type { BoundedInput, BoundedOutput, BoundedTaskName } from './bounded-tasks.ts'
import { boundedMemoryMib, boundedParameter, type LaunchCompute } from './channel.ts'
import { ComputeClient } from './client.ts'

/**
 * How long a task may take, in seconds; a task that reports progress: how long each step may take. Far above what the
 * largest accepted input takes on a slow computer: reading a table takes under a second, importing weights a minute.
 */
const limitSeconds: Readonly<Record<BoundedTaskName, number>> = {
  matchCases: 30,
  proposeCases: 30,
  matchLabelTable: 30,
  oneOfEachSeries: 30,
  evaluateTable: 300,
  readRegionFile: 30,
  checkGeometry: 30,
  inspectPackage: 60,
  previewPackage: 60,
  unpackModel: 300,
  importWeightFile: 900,
  stageEncoder: 900,
  tryBackend: 300,
}

/** Processes at the same time: an import that takes minutes does not delay the preview of another. */
const maxProcesses = 3
/** An idle process is kept this long, because starting one takes some 200 ms. */
const idleMs = 30_000
/** A cancelled task may end by itself within this time, before its process is ended with it. */
const graceMs = 300

/** Tasks whose memory, or libraries, only the end of their process gives back. */
const takesMemory: readonly BoundedTaskName[] = ['importWeightFile', 'stageEncoder', 'tryBackend']

interface BoundedOptions {
  signal?: AbortSignal | undefined
  onProgress?: (done: number, total: number) => void
  /** The error for an input that takes too long or too much memory. */
  refuse: (reason: string) => AppError
}

/**
 * Runs the tasks that read what may come from anywhere. Each runs alone in a process, which is ended if the task takes
 * longer than its limit; an input that crashes the process, or needs more memory than it has, fails only its own task.
 */
export class BoundedCompute {
  readonly #launch: LaunchCompute
  readonly #limitMs: (name: BoundedTaskName) => number
  readonly #idle = new Map<ComputeClient, NodeJS.Timeout>()
  readonly #busy = new Set<ComputeClient>()
  readonly #waiting: (() => void)[] = []
  #isClosed = false

  /** @param limitMs the time limit of a task; for tests */
  constructor(launch: LaunchCompute, limitMs = (name: BoundedTaskName): number => limitSeconds[name] * 1000) {
    this.#launch = launch
    this.#limitMs = limitMs
  }

  /**
   * Runs one task as soon as a process is free. Aborting `signal` ends it within 0.3 s.
   * @throws AppError as the task does; the one of `refuse`; `job.cancelled`
   */
  async run<N extends BoundedTaskName>(
    name: N,
    input: BoundedInput<N>,
    { signal, onProgress, refuse }: BoundedOptions,
  ): Promise<BoundedOutput<N>> {
    const client = await this.#take(signal)
    const limitMs = this.#limitMs(name)
    const state = { isOverdue: false, isSpent: takesMemory.includes(name) }
    // A process that was ended, or whose memory only its end gives back, serves no further task.
    const end = (): void => {
      state.isSpent = true
      client.stopProcess()
    }
    const onOverdue = (): void => {
      state.isOverdue = true
      end()
    }
    let timer = setTimeout(onOverdue, limitMs)
    const work: Promise<string> = client.run<BoundedTaskName>(name, input, {
      ...(signal && { signal }),
      onProgress: (done, total) => {
        clearTimeout(timer)
        timer = setTimeout(onOverdue, limitMs)
        onProgress?.(done, total)
      },
    })
    let grace: NodeJS.Timeout | undefined
    const onAbort = (): void => {
      grace = setTimeout(end, graceMs)
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      return JSON.parse(await work) as BoundedOutput<N>
    } catch (error) {
      if (state.isOverdue) throw refuse(`reading it takes longer than ${limitMs / 1000} s`)
      if (!hasCode(error, 'compute.crashed')) throw error
      const { reason } = (error as AppError<'compute.crashed'>).details
      throw refuse(
        `the process that read it ended (${reason}), as it does when ${boundedMemoryMib} MiB of memory are not enough`,
      )
    } finally {
      clearTimeout(timer)
      clearTimeout(grace)
      signal?.removeEventListener('abort', onAbort)
      this.#give(client, state.isSpent)
    }
  }

  /** Ends all processes for good. */
  close(): void {
    this.#isClosed = true
    for (const [client, timer] of this.#idle) {
      clearTimeout(timer)
      client.close()
    }
    this.#idle.clear()
    for (const client of this.#busy) client.close()
    for (const wake of [...this.#waiting]) wake()
  }

  async #take(signal: AbortSignal | undefined): Promise<ComputeClient> {
    while (!this.#isClosed && this.#busy.size >= maxProcesses && signal?.aborted !== true) {
      await this.#turn(signal)
    }
    if (this.#isClosed || signal?.aborted === true) {
      // It may have been woken for a free place, which is the next one's now.
      if (this.#busy.size < maxProcesses) this.#waiting[0]?.()
      throw new AppError('job.cancelled', {})
    }
    const [kept] = this.#idle
    if (kept !== undefined) {
      clearTimeout(kept[1])
      this.#idle.delete(kept[0])
    }
    const client =
      kept?.[0] ??
      new ComputeClient(
        () => this.#launch([boundedParameter]),
        () => undefined,
      )
    this.#busy.add(client)
    return client
  }

  /** Waits until it is woken or aborted. */
  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', wake)
        this.#waiting.splice(this.#waiting.indexOf(wake), 1)
        resolve()
      }
      this.#waiting.push(wake)
      signal?.addEventListener('abort', wake, { once: true })
    })
  }

  #give(client: ComputeClient, isSpent: boolean): void {
    this.#busy.delete(client)
    if (this.#isClosed || isSpent) client.close()
    else {
      const timer = setTimeout(() => {
        this.#idle.delete(client)
        client.close()
      }, idleMs)
      timer.unref()
      this.#idle.set(client, timer)
    }
    this.#waiting[0]?.()
  }
}
