import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { createApplication } from '../../electron/application/create-application.ts'
import type { Application } from '../../electron/application/application.ts'
import { dispatch } from '../../electron/application/dispatch.ts'
import { forkCompute } from '../../electron/compute/fork.ts'
import {
  fromErrorView,
  type AppError,
  type CallInput,
  type CallName,
  type CallOutput,
} from '../../electron/contract/index.ts'
import { hasEnded } from '../../electron/queue/queued-job.ts'
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts'
import { labelsOf, problemsOf, storedLabels } from './state.ts'

const computeScript = fileURLToPath(new URL('../../out/main/compute.js', import.meta.url))
const diskBytes = 24 * 2 ** 20

interface DiskFullOptions {
  /** Free bytes that are left on the disk, one run of each operation for each. */
  sizes: readonly number[]
  /** The same for trainings, which take longer. */
  trainingSizes: readonly number[]
  log: (line: string) => void
}

/** How often each operation succeeded and was refused. */
type DiskFullResult = Record<Operation, { done: number; refused: number }>

type Operation = 'open' | 'label' | 'train' | 'backup'

/**
 * Opening, labelling, training and backups on a disk with little room. Each ends well or says that the disk is full; what
 * was acknowledged is there afterwards, nothing is half written, and with room everything works again.
 * @returns null where no disk can be mounted
 * @throws Error that names the operation and the size
 */
export async function diskFullRun(options: DiskFullOptions): Promise<DiskFullResult | null> {
  const root = mkdtempSync(join(tmpdir(), 'lobule-full-'))
  const disk = mountSmallDisk(join(root, 'disk'), diskBytes)
  try {
    return disk === null ? null : await new DiskFullRun(root, disk, options).run()
  } finally {
    disk?.unmount()
    rmSync(root, { recursive: true, force: true })
  }
}

class DiskFullRun {
  readonly #root: string
  readonly #disk: SmallDisk
  readonly #options: DiskFullOptions
  readonly #result: DiskFullResult = {
    open: { done: 0, refused: 0 },
    label: { done: 0, refused: 0 },
    train: { done: 0, refused: 0 },
    backup: { done: 0, refused: 0 },
  }

  constructor(root: string, disk: SmallDisk, options: DiskFullOptions) {
    this.#root = root
    this.#disk = disk
    this.#options = options
  }

  async run(): Promise<DiskFullResult> {
    await this.#prepare()
    const { sizes, trainingSizes, log } = this.#options
    for (const size of sizes) {
      await this.#naming(`opening with ${size} bytes free`, () => this.#open(size))
      await this.#naming(`labelling with ${size} bytes free`, () => this.#label(size))
      await this.#naming(`a backup with ${size} bytes free`, () => this.#backUp(size))
      log(`${size / 1024} KiB: ${JSON.stringify(this.#result)}`)
    }
    for (const size of trainingSizes) {
      await this.#naming(`a training with ${size} bytes free`, () => this.#train(size))
      log(`${size / 1024} KiB: ${JSON.stringify(this.#result)}`)
    }
    return this.#result
  }

  readonly #at = (name: string): string => join(this.#root, name)
  get #workspace(): string {
    return join(this.#disk.path, 'w')
  }

  async #prepare(): Promise<void> {
    await this.#within(async (app) => {
      await this.#finish(app, await call(app, 'encoder.demo', { names: ['resnet50'] }))
      const tissue = { perClass: 6, seed: 3, widthPx: 200, heightPx: 160 }
      await this.#finish(app, await call(app, 'demo.create', { directory: this.#at('pictures'), ...tissue }))
      await call(app, 'workspace.create', {
        path: this.#at('base'),
        classes: 'Normal,Benign,InSitu*,Invasive*',
      })
      const paths = [this.#at('pictures')]
      const how = { labels: 'folder', casesPattern: String.raw`case(\d+)` } as const
      await this.#finish(app, await call(app, 'image.import', { paths, ...how }))
      // The descriptors are there: a training then writes boosters and its rows.
      await this.#finish(app, await call(app, 'model.train', { ...this.#training, name: 'before' }))
    })
  }

  readonly #training = {
    recipe: 'quick',
    changes: { folds: 3, seeds: 1, augmentations: 1, rounds: 8 },
  }

  /** A fresh copy of the workspace on the disk. */
  #reset(): void {
    for (const name of readdirSync(this.#disk.path)) rmSync(join(this.#disk.path, name), { recursive: true })
    cpSync(this.#at('base'), this.#workspace, { recursive: true })
  }

  #fill(leaveBytes: number): void {
    const { bavail, bsize } = statfsSync(this.#disk.path)
    writeFileSync(join(this.#disk.path, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)))
  }

  #free(): void {
    rmSync(join(this.#disk.path, 'filler'), { force: true })
  }

  async #open(size: number): Promise<void> {
    this.#reset()
    const labels = await labelsOf(this.#workspace)
    this.#fill(size)
    await this.#attempt('open', () =>
      this.#within((app) => call(app, 'workspace.open', { path: this.#workspace })),
    )
    this.#free()
    this.#require(await labelsOf(this.#workspace), labels)
    this.#require(await problemsOf(this.#workspace), [])
  }

  async #label(size: number): Promise<void> {
    this.#reset()
    const acknowledged: string[] = []
    await this.#within(async (app) => {
      await call(app, 'workspace.open', { path: this.#workspace })
      this.#fill(size)
      const labelOne = async (n: number): Promise<void> => {
        const [imageId, className, comment] = [(n % 24) + 1, n % 2 === 0 ? 'Benign' : 'Normal', `label ${n}`]
        await call(app, 'image.label', { imageIds: [imageId], className, reader: 'bea', comment })
        acknowledged.push(JSON.stringify([imageId, className, comment]))
      }
      await this.#attempt('label', async () => {
        for (let n = 0; n < 60; n++) await labelOne(n)
      })
      this.#free()
      await labelOne(1000)
    })
    const stored = await storedLabels(this.#workspace)
    const lost = acknowledged.filter((label) => !stored.has(label))
    this.#require(lost, [])
    this.#require(await problemsOf(this.#workspace), [])
  }

  async #backUp(size: number): Promise<void> {
    this.#reset()
    rmSync(this.#workspace, { recursive: true })
    mkdirSync(join(this.#disk.path, 'backups'))
    this.#fill(size)
    const path = join(this.#disk.path, 'backups', 'w.tar')
    await this.#within(async (app) => {
      await call(app, 'workspace.open', { path: this.#at('base') })
      const isDone = await this.#attempt('backup', async () =>
        this.#finish(app, await call(app, 'backup.create', { path })),
      )
      this.#require(readdirSync(join(this.#disk.path, 'backups')), isDone ? ['w.tar'] : [])
      if (isDone) await this.#finish(app, await call(app, 'backup.verify', { path }))
    })
  }

  async #train(size: number): Promise<void> {
    this.#reset()
    await this.#within(async (app) => {
      await call(app, 'workspace.open', { path: this.#workspace })
      this.#fill(size)
      const isDone = await this.#attempt('train', async () =>
        this.#finish(app, await call(app, 'model.train', { ...this.#training, name: 'm' })),
      )
      const names = (await call(app, 'model.list', {})).map(({ name }) => name)
      this.#require(names.includes('m'), isDone)
      this.#free()
      if (!isDone) await this.#finish(app, await call(app, 'model.train', { ...this.#training, name: 'm' }))
    })
    this.#require(await problemsOf(this.#workspace), [])
  }

  async #within<T>(work: (app: Application) => Promise<T>): Promise<T> {
    const app = createApplication({
      homeDirectory: this.#at('home'),
      version: '0.0.0',
      launchCompute: forkCompute(computeScript),
      door: { tiles: '', choose: null, isCommandLine: true },
    })
    try {
      return await work(app)
    } finally {
      await app.close()
    }
  }

  async #finish(app: Application, { jobId }: { jobId: number }): Promise<void> {
    for (;;) {
      const job = await call(app, 'job.get', { jobId })
      if (job.error !== null) throw fromErrorView(job.error)
      if (hasEnded(job)) return
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  /** Whether the work was done; else it must have said that the disk is full. */
  async #attempt(operation: Operation, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work()
      this.#result[operation].done++
      return true
    } catch (error) {
      const { code, message } = error as AppError
      const isSaid =
        ['disk.full', 'workspace.disk-full'].includes(code) || message.includes('the disk is full')
      if (!isSaid) throw error
      this.#result[operation].refused++
      return false
    }
  }

  #require(found: unknown, expected: unknown): void {
    if (isDeepStrictEqual(found, expected)) return
    throw new Error(
      `found ${JSON.stringify(found).slice(0, 2000)} instead of ${JSON.stringify(expected).slice(0, 2000)}`,
    )
  }

  async #naming(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }
}

async function call<N extends CallName>(
  { handlers }: Application,
  name: N,
  input: CallInput<N>,
): Promise<CallOutput<N>> {
  const answer = await dispatch(handlers, name, input)
  if (!answer.ok) throw fromErrorView(answer.error)
  return answer.value as CallOutput<N>
}
