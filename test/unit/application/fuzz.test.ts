import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  calls,
  parseClassScheme,
  type AnyEvent,
  type Answer,
  type CallName,
  type JobView,
} from '../../../electron/contract/index.ts'
import type { Application } from '../../../electron/application/application.ts'
import { createApplication } from '../../../electron/application/create-application.ts'
import { dispatch } from '../../../electron/application/dispatch.ts'
import { forkCompute } from '../../../electron/compute/fork.ts'
import { untrainedWeights } from '../../../electron/engine/encoders/untrained-weights.ts'
import { keyedGenerator, type KeyedGenerator } from '../../../electron/engine/random/index.ts'
import { createWorkspace, insertImage } from '../../../electron/store/index.ts'
import { EventLoopWatch } from '../../fuzz/event-loop-watch.ts'
import { mutated, randomInput } from '../../fuzz/random-input.ts'
import { writeKerasFile } from '../engine/encoders/helpers.ts'
import { tinyNetwork } from '../engine/encoders/made-up-network.ts'
import { changed, insertTrained, makeWorld, pack } from '../engine/model-package/fixture.ts'
import { newImage } from '../../support/rows.ts'

/**
 * Random calls, and mutated files through the calls that read them, in the application with its real processes. A few
 * here; by hand LOBULE_FUZZ_CALLS=50000 LOBULE_FUZZ_FILES=10000. What decides is that nothing is unexpected and
 * that the program still answers. How long its process stood still is printed: on a busy computer it says little.
 */
const callCount = Number(process.env['LOBULE_FUZZ_CALLS'] ?? 300)
const fileCount = Number(process.env['LOBULE_FUZZ_FILES'] ?? 25)
const seed = process.env['LOBULE_FUZZ_SEED'] ?? 'fuzz'
const timeout = { timeout: 300_000 + (callCount + fileCount * 10) * 200 }

let root: string
let application: Application
const ended = new Map<number, (job: JobView) => void>()
const path = (name: string): string => join(root, name)

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-fuzz-'))
  const store = createWorkspace(path('w'), parseClassScheme('Benign,Malignant*'), 'test')
  for (const [index, digit] of ['a', 'b', 'c'].entries()) {
    insertImage(
      store.database,
      newImage(digit.repeat(64), {
        path: `/none/${index}.png`,
        caseName: `c${index}`,
        widthPx: 100,
        heightPx: 100,
      }),
    )
  }
  store.close()
  mkdirSync(path('pictures'))
  for (const name of ['case1.png', 'case2.png', 'other.png']) writeFileSync(path(`pictures/${name}`), name)
  application = createApplication({
    homeDirectory: path('home'),
    version: 'test',
    launchCompute: forkCompute(
      fileURLToPath(new URL('../../../electron/compute/process.ts', import.meta.url)),
    ),
    door: { tiles: '/slide', choose: null },
  })
  application.onEvent(noteEnd)
  await expectOk('workspace.open', { path: path('w') })
  await expectOk('reader.set', { name: 'ada' })
})
afterAll(async () => {
  await application.close()
  rmSync(root, { recursive: true })
})

function noteEnd(event: AnyEvent): void {
  if (event.name !== 'job.changed' || event.payload.endedAt === null) return
  ended.get(event.payload.id)?.(event.payload)
}

const ask = (name: CallName, input: unknown): Promise<Answer> => dispatch(application.handlers, name, input)
async function expectOk(name: CallName, input: unknown): Promise<void> {
  expect(await ask(name, input), name).toMatchObject({ ok: true })
}
const requireExpected = (code: string | undefined, what: unknown): void =>
  expect(code, JSON.stringify([what]).slice(0, 2000)).not.toBe('internal.unexpected')

/** Asks a call that starts a job, and waits for its end. */
async function runJob(name: CallName, input: unknown): Promise<JobView | null> {
  const answer = await ask(name, input)
  if (!answer.ok) {
    requireExpected(answer.error.code, answer.error)
    return null
  }
  const { jobId } = answer.value as { jobId: number }
  const end = new Promise<JobView>((resolve) => ended.set(jobId, resolve))
  const now = await ask('job.get', { jobId })
  const job = now.ok ? (now.value as JobView) : null
  return job?.endedAt == null ? end : job
}

/** What a call or job ended with, counted. */
const outcomes = new Map<string, number>()
function print(what: string, watch: EventLoopWatch): void {
  const { gaps, utilisation, cpuSeconds } = watch.report()
  const longest = gaps.map(({ wallMs, cpuMs }) => `${cpuMs} ms of processor in ${wallMs} ms`).join('; ')
  const ends = [...outcomes].toSorted(([, a], [, b]) => b - a).map(([code, n]) => `${n} ${code}`)
  process.stdout.write(
    `${what}: ${ends.join(', ')}\n  largest gaps: ${longest}; event loop ${(100 * utilisation).toFixed(0)} % in use, ${cpuSeconds.toFixed(1)} s of processor\n`,
  )
  outcomes.clear()
}
const count = (code: string): void => void outcomes.set(code, (outcomes.get(code) ?? 0) + 1)

const jobs = async (): Promise<JobView[]> => {
  const answer = await ask('job.list', {})
  return answer.ok ? (answer.value as JobView[]) : []
}

interface FileKind {
  name: string
  make: (random: KeyedGenerator) => Uint8Array
  read: (file: string) => Promise<string>
}

async function fuzzFiles({ name, make, read }: FileKind, files = fileCount): Promise<void> {
  await stillOpen()
  const random = keyedGenerator(seed, name)
  const watch = new EventLoopWatch()
  for (let round = 0; round < files; round++) {
    const file = path(`fuzz-${round % 4}-${name}`)
    watch.aside(() => writeFileSync(file, make(random)))
    count(await read(file))
  }
  print(`${files} times ${name}`, watch)
  await expectOk('app.info', {})
}

async function stillOpen(): Promise<void> {
  for (const job of await jobs()) if (job.endedAt === null) await ask('job.cancel', { jobId: job.id })
  await expect.poll(async () => (await jobs()).filter(({ endedAt }) => endedAt === null).length).toBe(0)
  await expectOk('workspace.open', { path: path('w') })
}

const codeOf = async (call: CallName, input: unknown): Promise<string> => {
  const answer = await ask(call, input)
  if (!answer.ok) requireExpected(answer.error.code, answer.error)
  return answer.ok ? 'read' : answer.error.code
}
const codeOfJob = async (call: CallName, input: unknown): Promise<string> => {
  const job = await runJob(call, input)
  requireExpected(job?.error?.code, job?.error)
  const { failed = [] } = (job?.report ?? {}) as { failed?: { code: string }[] }
  for (const { code } of failed) requireExpected(code, failed)
  return job?.error?.code ?? failed[0]?.code ?? job?.state ?? 'refused'
}

it(`${fileCount} mutated tables of labels`, timeout, () => {
  const sound = Buffer.from(
    'file,label,case,reader,kind,unsure\r\ncase1.png,Benign,"1, ""a""",ada,,\r\ncase2.png,,2,eva,,yes\r\nother.png,Malignant,3,ada,adjudication,\r\n',
  )
  return fuzzFiles({
    name: 'labels.csv',
    make: (random) => mutated(sound, random),
    read: (labelsFile) =>
      codeOf('image.preview', { paths: [path('pictures')], labels: 'none', labelsFile, casesPattern: null }),
  })
})

it.each(['predictions.csv', 'predictions.json'])(`${fileCount} mutated %s`, timeout, (name) => {
  const rows = Array.from({ length: 12 }, (_, i) => ({
    image: `i${i}.png`,
    fold: String(i % 3),
    case: `c${i % 5}`,
    truth: i % 2 === 0 ? 'Benign' : 'Invasive',
    predicted: i % 5 === 0 ? 'Invasive' : 'Benign',
    p_Benign: 0.25,
    p_Invasive: 0.75,
  }))
  const head = Object.keys(rows[0] ?? {}).join(',')
  const text = name.endsWith('.json')
    ? JSON.stringify(rows)
    : [head, ...rows.map((row) => Object.values(row).join(','))].join('\n')
  return fuzzFiles({
    name,
    make: (random) => mutated(Buffer.from(text), random),
    read: (file) => codeOf('evaluation.table', { path: file, positive: null, thresholds: [0.5] }),
  })
})

it(`${fileCount} mutated GeoJSON files`, timeout, () => {
  const square = (at: number, edge: number) => [
    [at, at],
    [at + edge, at],
    [at + edge, at + edge],
    [at, at + edge],
    [at, at],
  ]
  const feature = (type: string, coordinates: unknown) => ({
    type: 'Feature',
    id: '01234567-89ab-4def-8123-456789abcdef',
    geometry: { type, coordinates },
    properties: { objectType: 'annotation', name: 'a', classification: { name: 'Benign' } },
  })
  const sound = JSON.stringify({
    type: 'FeatureCollection',
    features: [
      feature('Polygon', [square(1, 30), square(5, 5), square(15, 5)]),
      feature('MultiPolygon', [[square(1, 3)], [square(6, 3)]]),
      feature('LineString', square(2, 9)),
      feature('MultiPoint', square(3, 9)),
    ],
  })
  return fuzzFiles({
    name: 'regions.geojson',
    make: (random) => mutated(Buffer.from(sound), random),
    read: (file) => codeOf('region.import', { imageId: 1, source: { path: file } }),
  })
})

it(`${fileCount} mutated packages and as many boosters`, timeout, async () => {
  const world = await makeWorld()
  try {
    await insertTrained(world.store, { name: 'second', hasLikeness: true })
    await pack(world, world.store, 'second', 'second.zip')
    const sound = readFileSync(world.path('second.zip'))
    let models = 0
    const read = (file: string): Promise<string> =>
      codeOfJob('model.import', { path: file, name: `m${++models}` })
    await fuzzFiles({ name: 'model.zip', make: (random) => mutated(sound, random), read })
    const booster = 'boosters/resnet50-set0-seed0-fold1.txt'
    await fuzzFiles({
      name: 'booster.zip',
      make: (random) => {
        const change = (entries: Record<string, Uint8Array>): void => {
          entries[booster] = mutated(entries[booster] ?? new Uint8Array(), random)
        }
        changed(world, 'second.zip', 'changed.zip', change, { rehash: true })
        return readFileSync(world.path('changed.zip'))
      },
      read,
    })
  } finally {
    world.dispose()
  }
})

/** Each has a process of its own, which takes a second; test/unit/engine/encoders/damaged-keras-files.test.ts has more. */
const weightCount = Math.ceil(fileCount / 20)

it(`${weightCount} mutated weight files`, timeout, async () => {
  const network = tinyNetwork()
  await writeKerasFile(path('sound.h5'), network, untrainedWeights(network))
  const sound = readFileSync(path('sound.h5'))
  await fuzzFiles(
    {
      name: 'weights.h5',
      make: (random) => mutated(sound, random),
      read: (file) => codeOfJob('encoder.import', { paths: [file], allowUnofficial: true }),
    },
    weightCount,
  )
})

/** Not called: they leave the machine, take minutes, or leave the workspace. */
const notCalled: readonly CallName[] = ['encoder.fetch', 'encoder.demo', 'app.doctor', 'workspace.close']
const names = (Object.keys(calls) as CallName[]).filter(
  (name) => !notCalled.includes(name) && !/demo|synthetic/i.test(name),
)

it(`${callCount} calls with random input are answered or refused`, timeout, async () => {
  const random = keyedGenerator(seed, 'calls')
  const paths = ['w', 'pictures', 'pictures/case1.png', 'none', 'out/a.csv', 'a\u0000b', 'new'].map(path)
  const watch = new EventLoopWatch()
  for (let round = 0; round < callCount; round++) {
    const name = names[random.nextInteger(names.length)] as CallName
    const input = watch.aside(() => randomInput(name, random, paths))
    const answer = await ask(name, input)
    if (!answer.ok) requireExpected(answer.error.code, { name, input, error: answer.error })
    count(answer.ok ? 'answered' : answer.error.code)
    if (round % 500 === 0) {
      for (const job of await jobs()) if (job.endedAt === null) await ask('job.cancel', { jobId: job.id })
    }
  }
  for (const job of await jobs()) requireExpected(job.error?.code, job.error)
  print(`${callCount} calls`, watch)
  await expectOk('app.info', {})
})
