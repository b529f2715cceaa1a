import { fork } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'

/** How a process ended; `failed`: by itself, with another exit status than 0 or by a signal, such as a crash of a driver. */
export type End = { kind: 'finished' } | { kind: 'cut off' } | { kind: 'failed'; how: string }

/** A process whose driver hangs in the kernel outlives SIGKILL; nothing waits for it longer than this. */
const maxDyingMs = 1000

/**
 * Runs a script of Node in a process of its own and kills it at the deadline (`AbortSignal.timeout`). Answers at most a second after
 * that, even where the system cannot end the process. What it sends (`process.send`) goes to `onMessage`, what it prints to stderr.
 */
export async function runTimed(
  script: string,
  parameters: readonly string[],
  { deadline, onMessage }: { deadline: AbortSignal; onMessage: (message: unknown) => void },
): Promise<End> {
  const child = fork(script, parameters, { stdio: ['ignore', 2, 2, 'ipc'] })
  child.on('message', onMessage)
  const ended = new Promise<End>((resolve) => {
    child.once('error', ({ message }) => resolve({ kind: 'failed', how: message }))
    // `close`, not `exit`: all messages have arrived then.
    child.once('close', (code, signal) =>
      resolve(code === 0 ? { kind: 'finished' } : { kind: 'failed', how: signal ?? `exit status ${code}` }),
    )
  })
  const late = new Promise<null>((resolve) => {
    if (deadline.aborted) resolve(null)
    deadline.addEventListener('abort', () => resolve(null), { once: true })
  })
  const end = await Promise.race([ended, late])
  if (end !== null) return end
  child.kill('SIGKILL')
  await Promise.race([ended, wait(maxDyingMs, null, { ref: false })])
  child.removeAllListeners('message')
  if (child.connected) child.disconnect()
  child.unref()
  return { kind: 'cut off' }
}
