/** What `npm run bench -- gpu --run` measures (test/bench/gpu.ts); run as it is, or bundled in the archive. */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { sha256OfFile } from '../../../electron/base/sha256.ts'
import { toErrorView } from '../../../electron/contract/error-view.ts'
import {
  backendNameSchema,
  builtInEncoders,
  recipes,
  type BackendName,
  type BuiltInEncoder,
  type Recipe,
} from '../../../electron/contract/index.ts'
import { ImageDescriber } from '../../../electron/engine/descriptors/describe-image.ts'
import { backends, EncoderStore, OpenEncoders, probeImage } from '../../../electron/engine/encoders/index.ts'
import { inspectImage, writePng } from '../../../electron/engine/image/index.ts'
import { BoosterCache } from '../../../electron/engine/prediction/predict-ensemble.ts'
import { readSlideMap } from '../../../electron/engine/slides/map-file.ts'
import { makeSyntheticField, writeSyntheticSlide } from '../../../electron/engine/synthetic/index.ts'
import { analyseOnce } from './analyse-once.ts'
import { quantile } from './figures.ts'
import { randomBoosters } from './random-boosters.ts'

const { values } = parseArgs({
  options: {
    run: { type: 'boolean' },
    backends: { type: 'string', default: 'webgpu-half,webgpu' },
    seconds: { type: 'string', default: '330' },
  },
})
const names = values.backends.split(',').map((name) => backendNameSchema.parse(name))
const totalS = z.coerce.number().min(10).parse(values.seconds)

const sizesPx = [400, 650] as const
/** Timed repeats of one crop end after so many seconds. */
const cellS = 2
const maxRepeats = 20
const slidePx = 4096

const startedAt = performance.now()
const elapsedS = (since = startedAt): number => (performance.now() - since) / 1000
const remainingS = (): number => totalS - elapsedS()
const rounded = (value: number): number => Number(value.toPrecision(4))

const root = mkdtempSync(join(tmpdir(), 'lobule-gpu-'))
const store = new EncoderStore(root)
/** What was not measured, and why. */
const skipped: string[] = []
interface Cell {
  backend: BackendName
  encoder: BuiltInEncoder
  sizePx: number
  /** Median, after one crop that is not counted. */
  secondsPerCrop: number
  cropsPerSecond: number
  /** Of the self-test, against the stored reference. */
  cosine: number
  repeats: number
  /** Whether all repeats gave the same bits. */
  isSame: boolean
}
const cells: Cell[] = []

const say = (line: string): void => void process.stderr.write(`${elapsedS().toFixed(0)} s: ${line}\n`)
const leaveOut = (what: string, why: string): void => {
  skipped.push(`${what}: ${why}`)
  say(`left out ${what}: ${why}`)
}

async function measureNetwork(backend: BackendName, encoder: BuiltInEncoder, untilS: number): Promise<void> {
  const about = `${encoder} on ${backend}`
  // A driver in software takes a minute for the self-test alone.
  if (elapsedS() > untilS) {
    leaveOut(about, 'no time is left for it')
    return
  }
  const found: number[] = []
  const onTested = ({ cosine }: { cosine: number }): void => void found.push(cosine)
  const open = await store.open(encoder, backends[backend].backend, onTested)
  try {
    let nextS = 0
    for (const sizePx of sizesPx) {
      // The first crop of a size, and one that is timed. A network that was opened is measured at the first size.
      if (nextS > 0 && elapsedS() + 2 * nextS > untilS) {
        leaveOut(`${about} at ${sizePx} px`, 'no time is left for it')
        continue
      }
      const crop = probeImage(sizePx, sizePx)
      const [first] = await open.encode([crop])
      const times: number[] = []
      let isSame = true
      const beganAt = performance.now()
      while (times.length === 0 || (times.length < maxRepeats && elapsedS(beganAt) < cellS)) {
        const at = performance.now()
        const [again] = await open.encode([crop])
        times.push(elapsedS(at))
        isSame &&= first !== undefined && again?.every((value, index) => value === first[index]) === true
      }
      const secondsPerCrop = quantile(times, 0.5)
      nextS = secondsPerCrop * (sizesPx[1] / sizesPx[0]) ** 2
      cells.push({
        ...{ backend, encoder, sizePx, isSame, repeats: times.length },
        cosine: found[0] ?? NaN,
        secondsPerCrop: rounded(secondsPerCrop),
        cropsPerSecond: rounded(1 / secondsPerCrop),
      })
      say(`${about} at ${sizePx} px: ${secondsPerCrop.toFixed(4)} s`)
    }
  } finally {
    await open.close()
  }
}

const secondsOf = (backend: BackendName, encoder: string, sizePx: number): number =>
  cells.find((cell) => cell.backend === backend && cell.encoder === encoder && cell.sizePx === sizePx)
    ?.secondsPerCrop ?? Infinity

/** Seconds for so many crops of each size and network of a recipe, from the crops that were timed. */
const expectedS = (backend: BackendName, recipe: Recipe, crops: number): number =>
  recipe.encoders.reduce(
    (sum, encoder) =>
      sum + recipe.crops.sets.reduce((all, set) => all + crops * secondsOf(backend, encoder, set.sizePx), 0),
    0,
  )

/** One image by `standard`: whole augmentations until the time is over, scaled to all of them. */
async function measureProtocol(backend: BackendName, mode: 'crops' | 'dense', untilS: number) {
  const recipe: Recipe = { ...recipes['standard'], mode }
  const about = `standard, mode ${mode}, on ${backend}`
  const count = recipe.augmentation.count
  // A whole image has the area of some seven crops of 400 px.
  const passS =
    mode === 'crops'
      ? expectedS(backend, recipe, recipe.crops.count)
      : recipe.encoders.reduce((sum, encoder) => sum + 7 * secondsOf(backend, encoder, 400), 0)
  if (!Number.isFinite(passS) || elapsedS() + passS > untilS) {
    leaveOut(about, 'no time is left for one augmentation')
    return { mode, backend, augmentations: 0, secondsPerImage: null, expected: rounded(passS * count) }
  }
  const path = join(root, 'field.png')
  const image = {
    ...(await inspectImage(path)),
    path,
    page: 1,
    pixelSizeUm: 0.5,
    sha256: await sha256OfFile(path),
  }
  const encoders = new OpenEncoders(root, backend)
  try {
    const open = []
    for (const name of recipe.encoders) open.push(await encoders.get(name))
    const at = performance.now()
    const describer = await ImageDescriber.open({ image, recipe, encoders: open })
    const preparedS = elapsedS(at)
    const times: number[] = []
    while (times.length < count && (times.length === 0 || elapsedS() + (times.at(-1) ?? 0) < untilS)) {
      const from = performance.now()
      await describer.describe(times.length)
      times.push(elapsedS(from))
      say(`${about}: augmentation ${times.length} in ${(times.at(-1) ?? 0).toFixed(2)} s`)
    }
    // The first one makes the kernels of its sizes.
    const steady = times.length > 1 ? times.slice(1) : times
    const each = steady.reduce((sum, time) => sum + time, 0) / steady.length
    const wholeS = preparedS + (times[0] ?? 0) + each * (count - 1)
    return {
      mode,
      backend,
      augmentations: times.length,
      secondsPerImage: rounded(wholeS),
      preparedS: rounded(preparedS),
    }
  } finally {
    await encoders.close()
  }
}

/** A synthetic slide by `quick`, whose classifiers are of random descriptors: reading, encoding and predicting all places. */
async function measureSlide(backend: BackendName, untilS: number) {
  const recipe = recipes['quick']
  if (recipe === undefined) throw new RangeError('no recipe quick')
  const about = `a slide of ${slidePx} px on ${backend}`
  const perPlaceS = expectedS(backend, recipe, 1)
  // Half a square millimetre of tissue, a place each 168 um.
  if (!(elapsedS() + 80 * perPlaceS < untilS)) {
    leaveOut(about, 'no time is left for it')
    return null
  }
  const path = join(root, 'slide.tiff')
  await writeSyntheticSlide(path, { widthPx: slidePx, heightPx: slidePx, seed: 1 })
  const sha256 = await sha256OfFile(path)
  const encoders = new OpenEncoders(root, backend)
  const cache = new BoosterCache()
  try {
    const boosters = await randomBoosters(recipe, encoders, root)
    const directory = join(root, 'maps')
    const at = performance.now()
    const { mapSha256 } = await analyseOnce(
      { path, sha256, pixelSizeUm: 0.5 },
      { recipe, encoders, boosters, cache, directory, strideUm: 168 },
    )
    const seconds = elapsedS(at)
    const places = (await readSlideMap(directory, mapSha256)).cells.length
    say(`${about}: ${places} places in ${seconds.toFixed(1)} s`)
    const figures = { places, seconds: rounded(seconds), placesPerSecond: rounded(places / seconds) }
    return { backend, widthPx: slidePx, heightPx: slidePx, recipe: recipe.name, ...figures }
  } finally {
    await cache.keepOnly(new Set())
    await encoders.close()
  }
}

/** Runs a part; a failure is named and ends only that part. */
async function attempt<T>(what: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    leaveOut(what, toErrorView(error).message)
    return null
  }
}

try {
  await store.installUntrained(builtInEncoders)
  await writePng(makeSyntheticField({ className: 'Invasive', seed: 2, index: 0 }), join(root, 'field.png'))
  const networksUntilS = elapsedS() + 0.5 * remainingS()
  for (const backend of names)
    for (const encoder of builtInEncoders)
      await attempt(`${encoder} on ${backend}`, () => measureNetwork(backend, encoder, networksUntilS))
  // The fastest that runs the networks of the protocol.
  const fastest = names.toSorted(
    (a, b) => expectedS(a, recipes['standard'], 1) - expectedS(b, recipes['standard'], 1) || 0,
  )[0]
  const protocol = []
  let slide = null
  if (fastest !== undefined) {
    for (const [mode, share] of [
      ['dense', 0.35],
      ['crops', 0.6],
    ] as const) {
      const untilS = elapsedS() + share * remainingS()
      protocol.push(await attempt(`mode ${mode}`, () => measureProtocol(fastest, mode, untilS)))
    }
    slide = await attempt('a slide', () => measureSlide(fastest, totalS))
  }
  const machine = {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    load: loadavg().map(rounded),
  }
  const answer = {
    machine,
    node: process.versions.node,
    crops: cells,
    protocol,
    slide,
    skipped,
    seconds: rounded(elapsedS()),
  }
  console.log(JSON.stringify(answer, null, 2))
} finally {
  rmSync(root, { recursive: true, force: true })
}
// Does not wait for the GPU library's own threads.
process.exit(0)
