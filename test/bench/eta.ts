/**
 * The accuracy of a training's estimated end: three trainings of different shape, all progress reports of each compared
 * with the time it took: `npm run bench -- eta [--fields 6] [--shapes encoding,boosting,half]`.
 * Target: from the first tenth of the time on, the estimated end is off by at most a fifth of the whole.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { hasEnded } from '../../electron/queue/queued-job.ts'
import { parseRecipeChanges, type JobView } from '../../electron/contract/index.ts'
import { forkCompute } from '../../electron/compute/fork.ts'
import { createApplication } from '../../electron/application/create-application.ts'
import { machineLine } from './support/figures.ts'

const { values } = parseArgs({
  options: {
    fields: { type: 'string', default: '6' },
    shapes: { type: 'string', default: 'encoding,boosting,half' },
  },
})
const perClass = Number(values.fields)
if (!Number.isSafeInteger(perClass) || perClass < 4) throw new Error('--fields takes a number from 4')

interface Shape {
  title: string
  /** Of the recipe `quick`. */
  changes: string[]
  /** Trained before, so that some images are already encoded. */
  before?: string[]
}
const shapes: Record<string, Shape> = {
  encoding: {
    title: 'mostly encoding',
    changes: ['augmentations=12', 'folds=3', 'rounds=10'],
  },
  boosting: {
    title: 'mostly boosting',
    changes: ['augmentations=4', 'crops=200', 'folds=4', 'seeds=30'],
  },
  half: {
    title: 'two encoders, one of them already encoded, and boosting',
    changes: ['augmentations=4', 'encoders=resnet50,inceptionv3', 'folds=4', 'seeds=8'],
    before: ['augmentations=4', 'folds=3', 'rounds=1'],
  },
}

const root = mkdtempSync(join(tmpdir(), 'lobule-bench-eta-'))
const at = (name: string): string => join(root, name)
const compute = fileURLToPath(new URL('../../electron/compute/process.ts', import.meta.url))
const application = createApplication({
  homeDirectory: at('home'),
  version: 'bench',
  launchCompute: forkCompute(compute),
  // As on the command line: in the background a training has lower priority than everything else.
  door: { tiles: '', choose: null, isCommandLine: true },
})
const { handlers } = application

interface Report {
  atMs: number
  stage: string
  fraction: number
  etaMs: number | null
}

/** The progress reports of a job until it ends. */
async function follow(started: { jobId: number }, each?: (job: JobView) => void): Promise<JobView> {
  for (;;) {
    const job = await handlers['job.get'](started)
    each?.(job)
    if (hasEnded(job)) {
      if (job.state !== 'done') throw new Error(`${job.title}: ${job.error?.message ?? job.state}`)
      return job
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function train(
  name: string,
  changes: readonly string[],
): Promise<{ reports: Report[]; tookMs: number }> {
  const reports: Report[] = []
  const asked = {
    name,
    recipe: 'quick',
    changes: parseRecipeChanges(changes),
    descriptors: null,
    regions: false,
  }
  const startedAt = performance.now()
  const started = await handlers['model.train'](asked)
  await follow(started, ({ progress }) => {
    if (progress === null) return
    const { stage, fraction, etaMs } = progress
    reports.push({ atMs: performance.now() - startedAt, stage, fraction, etaMs })
  })
  return { reports, tookMs: performance.now() - startedAt }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

function tell({ title }: Shape, { reports, tookMs }: { reports: Report[]; tookMs: number }): void {
  console.log(`\n${title}: ${seconds(tookMs)}`)
  const boosting = reports.find(({ stage }) => stage === 'Training classifiers')
  if (boosting) console.log(`  boosters from ${seconds(boosting.atMs)} on`)
  const offBy = ({ atMs, etaMs }: Report): number => (etaMs === null ? Infinity : (atMs + etaMs) / tookMs - 1)
  for (const tenth of [1, 2, 3, 5, 7, 9]) {
    const report = reports.find(({ atMs }) => atMs >= (tenth * tookMs) / 10)
    if (report === undefined) continue
    const estimated = report.etaMs === null ? 'nothing' : seconds(report.atMs + report.etaMs)
    const off = `${(100 * offBy(report)).toFixed(0)} %`
    console.log(
      `  at ${tenth}0 %: estimated end ${estimated}, off by ${off}; fraction ${report.fraction.toFixed(2)}`,
    )
  }
  const later = reports.filter(({ atMs }) => atMs >= tookMs / 10).map((report) => Math.abs(offBy(report)))
  const right = later.filter((off) => off <= 0.2).length
  console.log(
    `  from the first tenth on: worst ${(100 * Math.max(...later)).toFixed(0)} %, within 20 % in ${right} of ${later.length} reports`,
  )
}

async function newWorkspace(name: string): Promise<void> {
  await handlers['workspace.create']({ path: at(name), classes: 'Normal,Benign,InSitu*,Invasive*' })
  const sources = { labels: 'folder', labelsFile: null, casesPattern: null } as const
  const choices = { pixelSizeUm: null, pages: 'first', copy: false } as const
  await follow(await handlers['image.import']({ paths: [at('fields')], ...sources, ...choices }))
}

console.log(machineLine())
try {
  const fields = { directory: at('fields'), perClass, seed: 5, widthPx: 1024, heightPx: 900 }
  await follow(await handlers['demo.create'](fields))
  await follow(await handlers['encoder.demo']({ names: ['resnet50', 'inceptionv3'] }))
  for (const name of values.shapes.split(',')) {
    const shape = shapes[name]
    if (shape === undefined) throw new Error(`--shapes takes ${Object.keys(shapes).join(', ')}`)
    await newWorkspace(name)
    if (shape.before) await train('before', shape.before)
    tell(shape, await train('model', shape.changes))
  }
} finally {
  await application.close()
  rmSync(root, { recursive: true, force: true })
}
console.log(machineLine())
