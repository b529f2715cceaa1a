import { spawn } from 'node:child_process'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const child = fileURLToPath(new URL('slide-mutants-child.ts', import.meta.url))
/** A mutant that takes longer hangs. */
const patienceMs = 60_000

export interface MutantReport {
  /** Mutants by result: `read`, a code, or `unexpected: ...`. */
  counts: Record<string, number>
  /** Mutants that ended the process, with its signal or last line; SIGKILL: it hung. */
  ended: { number: number; how: string }[]
}

/**
 * Reads `count` mutants of a slide in child processes, a new one after each mutant that ends one.
 * @param path the slide; what else belongs to it is beside it, under the same name without its ending, or all files there (DICOM)
 * @param part the file to change, relative to the slide's folder; by default the slide itself
 */
export async function readMutants(path: string, count: number, part?: string): Promise<MutantReport> {
  const folder = await mkdtemp(join(tmpdir(), 'lobule-mutants-'))
  try {
    const name = basename(path)
    const stem = name.replace(/\.[^.]+$/, '')
    for (const entry of await readdir(join(path, '..')))
      if (entry === name || entry === stem || name.endsWith('.dcm'))
        await cp(join(path, '..', entry), join(folder, entry), { recursive: true })
    const report: MutantReport = { counts: {}, ended: [] }
    for (let from = 0; from < count;) {
      const parameters = [join(folder, name), join(folder, part ?? name), String(from), String(count)]
      const { last, end } = await runChild(parameters, (result) => {
        report.counts[result] = (report.counts[result] ?? 0) + 1
      })
      if (end === null) break
      report.ended.push({ number: last, how: end })
      from = last + 1
      await cp(join(path, '..', part ?? name), join(folder, part ?? name))
    }
    return report
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface ChildEnd {
  /** The mutant that was read last. */
  last: number
  /** How the process ended; null: in order, after the last mutant. */
  end: string | null
}

const runChild = (parameters: readonly string[], onResult: (result: string) => void): Promise<ChildEnd> =>
  new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [child, ...parameters], { stdio: ['ignore', 'pipe', 'pipe'] })
    let complaint = ''
    running.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (complaint = (complaint + text).slice(-500)))
    let last = -1
    let timer = setTimeout(() => running.kill('SIGKILL'), patienceMs)
    createInterface(running.stdout).on('line', (line) => {
      if (line.startsWith('= ')) onResult(line.slice(2))
      else last = Number(line)
      clearTimeout(timer)
      timer = setTimeout(() => running.kill('SIGKILL'), patienceMs)
    })
    running.on('error', reject).on('close', (status, signal) => {
      clearTimeout(timer)
      const how = `${signal ?? status}: ${complaint.trim().split('\n').at(-1) ?? ''}`
      if (last < 0) reject(new Error(`the child read nothing: ${how}`))
      else resolve({ last, end: status === 0 ? null : how })
    })
  })
