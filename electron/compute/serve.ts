import { randomUUID } from 'node:crypto'
import { createBirpc } from 'birpc'
import { reportUnexpected } from '../base/terminal-text.ts'
import { AppError, toErrorView, type Answer } from '../contract/index.ts'
import type { ComputeSide, HostSide } from './channel.ts'
import type { TaskName, Tasks } from './tasks.ts'

/** The compute process's end of the connection. */
export interface HostPort {
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
}

/** Serves the tasks to the host until the process ends. */
export function serveTasks(port: HostPort, tasks: Partial<Tasks>): void {
  const running = new Map<number, AbortController>()
  const host = createBirpc<HostSide, ComputeSide, false>(
    {
      run: async (taskId, name, input) => {
        const controller = new AbortController()
        running.set(taskId, controller)
        try {
          return await runTask(tasks, name, input, controller.signal, (done, total) => {
            void host.$callEvent('progress', taskId, done, total)
          })
        } finally {
          running.delete(taskId)
        }
      },
      cancel: (taskId) => running.get(taskId)?.abort(),
    },
    {
      post: (message) => port.post(message),
      on: (listener) => port.onMessage(listener),
      timeout: -1,
      proxify: false,
    },
  )
}

async function runTask(
  tasks: Partial<Tasks>,
  name: TaskName,
  input: unknown,
  signal: AbortSignal,
  report: (done: number, total: number) => void,
): Promise<Answer> {
  try {
    const task = tasks[name]
    if (task === undefined) throw new Error(`this process has no task ${name}`)
    return { ok: true, value: await task(input as never, { signal, report }) }
  } catch (error) {
    if (signal.aborted) return { ok: false, error: toErrorView(new AppError('job.cancelled', {})) }
    const reference = randomUUID().slice(0, 8)
    if (!(error instanceof AppError))
      reportUnexpected(`unexpected error ${reference} in ${name}`, error, reference)
    return { ok: false, error: toErrorView(error, reference) }
  }
}
