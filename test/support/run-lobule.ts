import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../out/main/lobule.js', import.meta.url))

export interface Finished {
  code: number | null
  stdout: string
  stderr: string
}

export interface RunOptions {
  home: string
  /** Sends this signal so many milliseconds after the start, or after `once` holds of what it said and of its process. */
  interrupt?: { signal: NodeJS.Signals; afterMs: number; once?: (said: string, pid: number) => boolean }
  /** User and group number to run as; only for root. */
  userId?: number
  /** Called with its process number. */
  onStart?: (pid: number) => void
}

/**
 * Whether a run has started its compute process: from then on it listens to interrupts. A busy machine needs seconds until
 * then. Only Linux tells; elsewhere the wait of `afterMs` must do.
 */
export function isComputing(_said: string, pid: number): boolean {
  if (process.platform !== 'linux') return true
  const children = `/proc/${pid}/task/${pid}/children`
  return existsSync(children) && readFileSync(children, 'utf8').trim() !== ''
}

/** Runs the built command line as a user would, with a separate data folder. */
export function runLobule(
  parameters: readonly string[],
  { home, interrupt, userId, onStart }: RunOptions,
): Promise<Finished> {
  if (!existsSync(program)) throw new Error('out/main/lobule.js is missing: run "npm run setup" first')
  const child = spawn(process.execPath, [program, ...parameters], {
    env: { ...process.env, LOBULE_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(userId === undefined ? {} : { uid: userId, gid: userId }),
  })
  if (child.pid !== undefined) onStart?.(child.pid)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  if (interrupt !== undefined) {
    const { signal, afterMs, once } = interrupt
    const look = setInterval(() => {
      const { pid, exitCode, signalCode } = child
      const hasEnded = pid === undefined || exitCode !== null || signalCode !== null
      if (!hasEnded && once?.(stderr, pid) === false) return
      clearInterval(look)
      if (!hasEnded) setTimeout(() => child.kill(signal), afterMs)
    }, 20)
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    const finish = (code: number | null): void => resolve({ code, stdout, stderr })
    child.once('close', finish)
    // Windows may keep a pipe open that a process of the program had too, after both have ended.
    if (process.platform === 'win32') child.once('exit', (code) => setTimeout(finish, 2000, code))
  })
}

/** The `--json` output of a command that must succeed; of an import, also where it lists what it could not import. */
export async function lobuleJson<T>(parameters: readonly string[], options: RunOptions): Promise<T> {
  const { code, stdout, stderr } = await runLobule([...parameters, '--json'], options)
  const answer = (code === 0 || code === 1 ? JSON.parse(stdout) : null) as T
  const isListing = code === 1 && typeof answer === 'object' && answer !== null && 'account' in answer
  if (code !== 0 && !isListing)
    throw new Error(`lobule ${parameters.join(' ')} ended with ${code ?? 'a signal'}: ${stderr}`)
  return answer
}
