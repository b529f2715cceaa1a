import { fork } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { readBackup } from '../../electron/engine/backup-file/index.ts'
import { keyedGenerator } from '../../electron/engine/random/index.ts'
import { lobuleJson, runLobule } from '../support/run-lobule.ts'
import { labelsOf, outcomeOf, problemsOf, storedLabels } from './state.ts'

const labelScript = fileURLToPath(new URL('label-forever.ts', import.meta.url))
const operations = ['import', 'label', 'train', 'classify', 'backup', 'restore'] as const
type Operation = (typeof operations)[number]

interface KillRunOptions {
  /** How many kills must hit a running program. */
  count: number
  /** The same seed draws the same moments. */
  seed: string
  log: (line: string) => void
}

/** Kills of each operation, and how many runs ended before their kill. */
interface KillRunResult {
  kills: Record<Operation, number>
  tooLate: number
  /** Labels that were acknowledged before a kill; each was found after it. */
  acknowledged: number
}

/**
 * Kills the program at random moments of each operation in turn and checks after every kill that the workspace is whole
 * and has everything that was acknowledged. After some kills each operation runs to its end: the result must be that of an
 * undisturbed run to the last bit.
 * @throws Error that names the operation and the moment
 */
export async function killRun(options: KillRunOptions): Promise<KillRunResult> {
  const root = mkdtempSync(join(tmpdir(), 'lobule-kills-'))
  try {
    return await new KillRun(root, options).run()
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** An operation that is killed again and again, until it is left to end. */
interface Killable {
  command: string[]
  /** What must hold after each kill; throws if it does not. */
  afterKill: () => Promise<void>
  /** What must hold at the end. */
  afterEnd: () => Promise<void>
}

class KillRun {
  readonly #root: string
  readonly #home: string
  readonly #options: KillRunOptions
  readonly #random
  /** Of an undisturbed run, in milliseconds. */
  readonly #durations = new Map<Operation, number>()
  readonly #result: KillRunResult = {
    kills: { import: 0, label: 0, train: 0, classify: 0, backup: 0, restore: 0 },
    tooLate: 0,
    acknowledged: 0,
  }
  #round = 0

  constructor(root: string, options: KillRunOptions) {
    this.#root = root
    this.#home = join(root, 'home')
    this.#options = options
    this.#random = keyedGenerator(options.seed)
  }

  async run(): Promise<KillRunResult> {
    await this.#prepare()
    for (let n = 0; this.#killCount() < this.#options.count; n++) {
      const operation = operations[n % operations.length] ?? 'import'
      // Several kills before an operation may end, so that what resumes is killed too.
      const kills = Math.min(this.#options.count > 12 ? 3 : 1, this.#options.count - this.#killCount())
      this.#round++
      if (operation === 'label') await this.#killLabelling(kills)
      else await this.#killOperation(operation, kills)
      const { log } = this.#options
      log(`${this.#killCount()} of ${this.#options.count} kills: ${JSON.stringify(this.#result)}`)
    }
    return this.#result
  }

  #killCount(): number {
    return Object.values(this.#result.kills).reduce((sum, count) => sum + count, 0)
  }

  readonly #at = (name: string): string => join(this.#root, name)
  readonly #json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home: this.#home })

  /** One undisturbed run of everything; each stage is kept, as the state before an operation that is killed. */
  async #prepare(): Promise<void> {
    const stage = (name: string): void => cpSync(this.#at('w'), this.#at(name), { recursive: true })
    const time = async (operation: Operation, work: () => Promise<unknown>): Promise<void> => {
      const startedAt = performance.now()
      await work()
      this.#durations.set(operation, performance.now() - startedAt)
    }
    await this.#json('encoders', 'demo')
    const size = ['--width', '200', '--height', '160']
    await this.#json('demo', this.#at('pictures'), '--per-class', '6', '--seed', '3', ...size)
    await this.#json('init', '-w', this.#at('w'))
    stage('empty')
    await time('import', () => this.#json(...this.#commandOf('import', 'w')))
    stage('imported')
    await time('train', () => this.#json(...this.#commandOf('train', 'w')))
    stage('trained')
    await time('classify', () => this.#json(...this.#commandOf('classify', 'w')))
    stage('classified')
    await time('backup', () => this.#json(...this.#commandOf('backup', 'w')))
    await time('restore', () => this.#json(...this.#commandOf('restore', 'undisturbed')))
  }

  #commandOf(operation: Exclude<Operation, 'label'>, name: string): string[] {
    const workspace = this.#at(name)
    switch (operation) {
      case 'import':
        return [
          'import',
          this.#at('pictures'),
          '-w',
          workspace,
          '--copy',
          '--labels',
          'folder',
          '--cases',
          'case[0-9]+',
        ]
      case 'train':
        return [
          'train',
          '-w',
          workspace,
          '--name',
          'm',
          '--recipe',
          'quick',
          '--set',
          'folds=3',
          'seeds=2',
          'augmentations=1',
          'rounds=10',
        ]
      case 'classify':
        return ['classify', this.#at('pictures'), '-w', workspace, '--model', 'm']
      case 'backup':
        return ['workspace', 'backup', '-w', workspace, '--out', this.#at(`${name}.tar`), '--replace']
      case 'restore':
        return ['workspace', 'restore', this.#at('w.tar'), '-w', workspace]
    }
  }

  #killable(operation: Exclude<Operation, 'label'>, name: string): Killable {
    const workspace = this.#at(name)
    const command = this.#commandOf(operation, name)
    const requireWhole = async (path = workspace): Promise<void> => this.#require(await problemsOf(path), [])
    const requireOutcome = async (path: string, expected: string): Promise<void> => {
      await requireWhole(path)
      this.#require(await outcomeOf(path), await outcomeOf(this.#at(expected)))
    }
    if (operation === 'restore') {
      return {
        command,
        afterKill: async () => {
          // All or nothing.
          if (existsSync(workspace)) await requireOutcome(workspace, 'classified')
        },
        afterEnd: () => requireOutcome(workspace, 'classified'),
      }
    }
    const before = { import: 'empty', train: 'imported', classify: 'trained', backup: 'classified' }[
      operation
    ]
    const after = { import: 'imported', train: 'trained', classify: 'classified', backup: 'classified' }[
      operation
    ]
    cpSync(this.#at(before), workspace, { recursive: true })
    const backup = this.#at(`${name}.tar`)
    const requireBackup = async (): Promise<void> => {
      const signal = new AbortController().signal
      await readBackup({ path: backup, into: null }, { signal, report: () => undefined })
    }
    return {
      command,
      afterKill: async () => {
        await requireWhole()
        if (operation !== 'import')
          this.#require(await labelsOf(workspace), await labelsOf(this.#at('imported')))
        if (operation === 'backup' && existsSync(backup)) await requireBackup()
      },
      afterEnd: async () => {
        await requireOutcome(workspace, after)
        if (operation !== 'backup') return
        await requireBackup()
        await this.#json('workspace', 'restore', backup, '-w', `${workspace}-restored`)
        await requireOutcome(`${workspace}-restored`, 'classified')
        rmSync(`${workspace}-restored`, { recursive: true })
      },
    }
  }

  async #killOperation(operation: Exclude<Operation, 'label'>, kills: number): Promise<void> {
    const name = `${operation}-${this.#round}`
    const { command, afterKill, afterEnd } = this.#killable(operation, name)
    const wholeMs = this.#durations.get(operation) ?? 1000
    let isDone = false
    for (let kill = 0; kill < kills && !isDone;) {
      const afterMs = Math.round(wholeMs * (0.1 + 1.0 * this.#random.nextFloat()))
      const interrupt = { signal: 'SIGKILL', afterMs } as const
      const { code, stderr } = await runLobule(command, { home: this.#home, interrupt })
      if (code === null) {
        kill++
        this.#result.kills[operation]++
        await this.#naming(`${operation}, killed after ${afterMs} ms`, afterKill)
      } else if (code === 0) {
        this.#result.tooLate++
        isDone = true
      } else throw new Error(`${operation} ended with ${code}: ${stderr}`)
      if (operation === 'restore' && existsSync(this.#at(name))) isDone = true
    }
    if (!isDone) await this.#json(...command)
    await this.#naming(`${operation}, to its end`, afterEnd)
    this.#remove(name)
  }

  /** Labels one by one, from a process of its own; each one that was acknowledged must be there. */
  async #killLabelling(kills: number): Promise<void> {
    const name = `label-${this.#round}`
    const workspace = this.#at(name)
    cpSync(this.#at('classified'), workspace, { recursive: true })
    const acknowledged = new Set<string>()
    for (let kill = 0; kill < kills; kill++) {
      const child = fork(labelScript, [workspace, String(acknowledged.size + 1000 * kill)], {
        execArgv: ['--experimental-strip-types', '--no-warnings'],
      })
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.on('message', (told) => acknowledged.add(JSON.stringify(told)))
      await new Promise((resolve) => child.once('message', resolve))
      await new Promise((resolve) => setTimeout(resolve, 400 * this.#random.nextFloat()))
      child.kill('SIGKILL')
      await gone
      this.#result.kills.label++
      await this.#naming(`label, kill ${kill + 1}`, async () => {
        this.#require(await problemsOf(workspace), [])
        const stored = await storedLabels(workspace)
        this.#require(
          [...acknowledged].filter((label) => !stored.has(label)),
          [],
        )
      })
    }
    this.#result.acknowledged += acknowledged.size
    this.#remove(name)
  }

  #require(found: unknown, expected: unknown): void {
    if (isDeepStrictEqual(found, expected)) return
    const shown = (value: unknown): string => JSON.stringify(value).slice(0, 2000)
    throw new Error(`found ${shown(found)} instead of ${shown(expected)}`)
  }

  async #naming(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }

  #remove(name: string): void {
    for (const entry of readdirSync(this.#root))
      if (entry === name || entry.startsWith(`${name}.`) || entry.startsWith(`${name}-`))
        rmSync(join(this.#root, entry), { recursive: true, force: true })
  }
}
