import { spawn } from 'node:child_process'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
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
 * @param path the slide; what else belongs to it is beside it, under the same name without its ending
 * @param part the file to change, relative to the slide's folder; by default the slide itself
 */
export async function readMutants(path: string, count: number, part?: string): Promise<MutantReport> {
  const folder = await mkdtemp(join(tmpdir(), 'lobule-mutants-'))
  try {
    const name = basename(path)
    const stem = name.replace(/\.[^.]+$/, '')
    for (const entry of await readdir(join(path, '..')))
      if (entry === name || entry === stem)
        await cp(join(path, '..', entry), join(folder, entry), { recursive: true })
    const report: MutantReport = { counts: {}, ended: [] }
    for (let from = 0; from < count;) {
      const { last, counts, how } = await runChild([
        join(folder, name),
        join(folder, part ?? name),
        String(from),
        String(count),
      ])
      for (const [result, number] of Object.entries(counts ?? {}))
        report.counts[result] = (report.counts[result] ?? 0) + number
      if (counts !== null) break
      report.ended.push({ number: last, how })
      from = last + 1
      await cp(join(path, '..', part ?? name), join(folder, part ?? name))
    }
    return report
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface ChildResult {
  /** The mutant that was read last. */
  last: number
  /** null: the process ended before its time. */
  counts: Record<string, number> | null
  how: string
}

const runChild = (parameters: readonly string[]): Promise<ChildResult> =>
  new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [child, ...parameters], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let complaint = ''
    running.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (complaint = (complaint + text).slice(-500)))
    let timer = setTimeout(() => running.kill('SIGKILL'), patienceMs)
    running.stdout.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-65_536)
      clearTimeout(timer)
      timer = setTimeout(() => running.kill('SIGKILL'), patienceMs)
    })
    running.on('error', reject).on('close', (status, signal) => {
      clearTimeout(timer)
      const lines = output.trimEnd().split('\n')
      const end = lines.at(-1) ?? ''
      const last = Number(lines.findLast((line) => /^\d+$/.test(line)) ?? -1)
      const counts = status === 0 && end.startsWith('{') ? (JSON.parse(end) as Record<string, number>) : null
      const how = `${signal ?? status}: ${complaint.trim().split('\n').at(-1) ?? ''}`
      if (last < 0) reject(new Error(`the child read nothing: ${how}`))
      else resolve({ last, counts, how })
    })
  })
