import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CheckReport, LabelEntryView, ModelReport, ModelView } from '../../../electron/contract/index.ts'
import { keyedGenerator } from '../../../electron/engine/random/index.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'

// LOBULE_KILLS=20 for the long run.
const kills = Number(process.env['LOBULE_KILLS'] ?? 1)
/** 24 boosters, long enough for a kill to hit one. */
const settings = ['--set', 'folds=4', 'seeds=6', 'augmentations=2', 'rounds=40']

let root: string
let home: string
const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
const at = (name: string): string => join(root, name)
const training = (name: string): string[] =>
  ['train', '--workspace', at(name), '--name', 'model', '--recipe', 'quick', '--use', ...settings] // prettier-ignore

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-kill-'))
  home = at('home')
  await json('encoders', 'demo')
  await json('demo', at('images'), '--per-class', '8', '--seed', '3', '--width', '320', '--height', '240')
  await json('init', '--workspace', at('labelled'))
  await json(
    'import',
    at('images'),
    '--workspace',
    at('labelled'),
    '--labels',
    'folder',
    '--cases',
    'case[0-9]+',
  )
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Finished boosters with the time at which each was written. */
function units(name: string): Map<string, number> {
  const folder = join(at(name), 'boosters', 'units')
  try {
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
    return new Map(files.map((file) => [file, statSync(join(folder, file)).mtimeMs]))
  } catch {
    return new Map()
  }
}

/** The results of a training, without dates and durations. */
async function outcome(name: string): Promise<unknown> {
  const { predictions, table, evaluation } = await json<ModelReport>('models', 'show', 'model', '--workspace', at(name)) // prettier-ignore
  return { predictions, table, evaluation }
}

it(
  `kill -9 at ${kills} random moments of a training: no booster and no label lost, the same bits`,
  { timeout: 900_000 + kills * 120_000 },
  async () => {
    cpSync(at('labelled'), at('whole'), { recursive: true })
    const startedAt = performance.now()
    await json(...training('whole'))
    const wholeMs = performance.now() - startedAt
    const undisturbed = await outcome('whole')
    const texts = readdirSync(join(at('whole'), 'boosters')).toSorted()
    const labels = await json<LabelEntryView[]>('labels', '--workspace', at('labelled'))
    expect(labels).toHaveLength(32)

    const random = keyedGenerator(`kills-${Date.now()}`)
    const reached: number[] = []
    const fresh = (): string => {
      const name = `killed-${reached.length}`
      cpSync(at('labelled'), at(name), { recursive: true })
      return name
    }
    let name = fresh()
    let before = units(name)
    /** Each finished booster still exists, and was not trained again. */
    const requireKept = (): void => {
      const now = units(name)
      expect([...before].filter(([file, writtenAt]) => now.get(file) !== writtenAt)).toEqual([])
      before = now
    }
    const requireSame = async (): Promise<void> => {
      requireKept()
      expect(before.size).toBe(24)
      expect(await outcome(name)).toEqual(undisturbed)
      expect(readdirSync(join(at(name), 'boosters')).toSorted()).toEqual(texts)
    }
    while (reached.length < kills) {
      const left = 1 - before.size / 24
      const afterMs = Math.round(wholeMs * (0.15 + left * 0.85 * random.nextFloat()))
      const killed = await runLobule(training(name), { home, interrupt: { signal: 'SIGKILL', afterMs } })
      if (killed.code === 0) {
        await requireSame()
        name = fresh()
        before = units(name)
        continue
      }
      expect(killed.code, killed.stderr).toBeNull()
      requireKept()
      reached.push(before.size)
      const check = await json<CheckReport>('workspace', 'check', '--workspace', at(name))
      expect(check.problems, `killed after ${afterMs} ms`).toEqual([])
      expect(await json('labels', '--workspace', at(name))).toEqual(labels)
      expect(await json<ModelView[]>('models', 'list', '--workspace', at(name))).toEqual([])
    }
    await json(...training(name))
    await requireSame()
    console.warn(
      `a training of ${Math.round(wholeMs)} ms, killed with ${reached.join(', ')} of 24 boosters finished`,
    )
  },
)
