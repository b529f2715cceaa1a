import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { AppError } from '../contract/index.ts'

/**
 * A PIN: the value of an environment variable, or what is typed at the terminal, which does not show it. Never an
 * argument, which every program of the machine could read.
 * @throws AppError `user.signed-out` if there is neither; `job.cancelled` at Ctrl+C
 */
export async function askPin(variable: 'LOBULE_PIN' | 'LOBULE_NEW_PIN', question: string): Promise<string> {
  const given = process.env[variable]
  if (given !== undefined) return given
  if (!process.stdin.isTTY) throw new AppError('user.signed-out', {})
  process.stderr.write(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true })
  try {
    return await lines.question('')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ABORT_ERR') throw new AppError('job.cancelled', {})
    throw error
  } finally {
    lines.close()
    process.stderr.write('\n')
  }
}
