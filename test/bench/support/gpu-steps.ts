/** One measurement of `npm run bench -- gpu --run` (test/bench/gpu.ts), in the process that may be killed for it. */
import { join } from 'node:path'
import { sha256OfFile } from '../../../electron/base/sha256.ts'
import { toErrorView } from '../../../electron/contract/error-view.ts'
import { recipes, type BackendName, type BuiltInEncoder } from '../../../electron/contract/index.ts'
import { ImageDescriber } from '../../../electron/engine/descriptors/describe-image.ts'
import { unsupportedReason } from '../../../electron/engine/encoders/backends.ts'
import { backends, EncoderStore, OpenEncoders, probeImage } from '../../../electron/engine/encoders/index.ts'
import { runs } from '../../../electron/engine/encoders/open-encoders.ts'
import type { SelfTestResult } from '../../../electron/engine/encoders/self-test.ts'
import { inspectImage, writePng } from '../../../electron/engine/image/index.ts'
import { BoosterCache } from '../../../electron/engine/prediction/predict-ensemble.ts'
import { readSlideMap } from '../../../electron/engine/slides/map-file.ts'
import { makeSyntheticField, writeSyntheticSlide } from '../../../electron/engine/synthetic/index.ts'
import { analyseOnce } from './analyse-once.ts'
import { quantile } from './figures.ts'
import { probePx, rounded, sizesPx, slidePx, type GpuMessage, type GpuStep } from './gpu-record.ts'
import { randomBoosters } from './random-boosters.ts'

/** Timed repeats of one crop end after so many seconds. */
const cropS = 2
const maxRepeats = 20
/** An augmentation is begun if so many times its time is left. */
const slack = 1.5

const secondsSince = (from: number): number => (performance.now() - from) / 1000

interface Context {
  /** The folder for networks and images, shared by all measurements of a run. */
  root: string
  /** Seconds until this process is killed. */
  remainingS: () => number
  tell: (message: GpuMessage) => void
}

/** Runs the step; whatever it finds is sent at once, and so is a failure. */
export async function runGpuStep(step: GpuStep, context: Context): Promise<void> {
  try {
    if (step.kind === 'network') await measureNetwork(step.backend, step.encoder, context)
    else if (step.kind === 'protocol') await measureProtocol(step.backend, step.mode, context)
    else await measureSlide(step.backend, step.recipe, context)
  } catch (error) {
    const { code, message } = toErrorView(error)
    context.tell({ kind: 'failed', code, message })
  }
}

async function measureNetwork(
  backend: BackendName,
  encoder: BuiltInEncoder,
  { root, remainingS, tell }: Context,
): Promise<void> {
  tell({ kind: 'at', where: 'looking for the back-end' })
  const entry = backends[backend]
  const why = unsupportedReason(entry) ?? entry.missing(root)
  const isRun = runs(entry.backend, encoder)
  if (why !== null) tell({ kind: 'unavailable', why })
  else if (!isRun) tell({ kind: 'not run' })
  if (why !== null || !isRun) return
  const store = new EncoderStore(root)
  tell({ kind: 'at', where: 'making the network' })
  await store.installUntrained([encoder])
  tell({ kind: 'at', where: 'opening the network, with the self-test' })
  const found: SelfTestResult[] = []
  const openedAt = performance.now()
  const open = await store.open(encoder, entry.backend, (result) => void found.push(result))
  const { cosine = NaN, probeMs = NaN } = found[0] ?? {}
  const [secondsToOpen, secondsPerProbe] = [rounded(secondsSince(openedAt)), rounded(probeMs / 1000)]
  tell({ kind: 'opened', opened: { backend, encoder, secondsToOpen, cosine, secondsPerProbe } })
  let [sizePxBefore, secondsBefore]: [number, number] = [probePx, secondsPerProbe]
  for (const sizePx of sizesPx) {
    // The first crop of a size, which is not counted, and one that is. The time follows the area.
    const expectedS = 2 * secondsBefore * (sizePx / sizePxBefore) ** 2
    if (expectedS > remainingS()) {
      const why = `two crops would take ${expectedS.toFixed(0)} s, and ${remainingS().toFixed(0)} s are left`
      tell({ kind: 'left out', what: `${encoder} on ${backend} at ${sizePx} px`, why })
      continue
    }
    tell({ kind: 'at', where: `crops of ${sizePx} px` })
    const crop = probeImage(sizePx, sizePx)
    const [first] = await open.encode([crop])
    const times: number[] = []
    let isSame = true
    const beganAt = performance.now()
    while (times.length === 0 || (times.length < maxRepeats && secondsSince(beganAt) < cropS)) {
      const at = performance.now()
      const [again] = await open.encode([crop])
      times.push(secondsSince(at))
      isSame &&= first !== undefined && again?.every((value, index) => value === first[index]) === true
    }
    secondsBefore = quantile(times, 0.5)
    sizePxBefore = sizePx
    const perCrop = { secondsPerCrop: rounded(secondsBefore), cropsPerSecond: rounded(1 / secondsBefore) }
    tell({ kind: 'crop', crop: { backend, encoder, sizePx, ...perCrop, repeats: times.length, isSame } })
  }
  await open.close()
}

/** One image by `standard`: as many whole augmentations as there is time for, scaled to all of them. */
async function measureProtocol(
  backend: BackendName,
  mode: 'crops' | 'dense',
  { root, remainingS, tell }: Context,
): Promise<void> {
  const recipe = { ...recipes['standard'], mode }
  const { count } = recipe.augmentation
  const path = join(root, `field-${mode}.png`)
  await writePng(makeSyntheticField({ className: 'Invasive', seed: 2, index: 0 }), path)
  const facts = { ...(await inspectImage(path)), sha256: await sha256OfFile(path) }
  const image = { ...facts, path, page: 1, pixelSizeUm: 0.5 }
  const encoders = new OpenEncoders(root, backend)
  const open = []
  for (const name of recipe.encoders) {
    tell({ kind: 'at', where: `opening ${name}` })
    open.push(await encoders.get(name))
  }
  tell({ kind: 'at', where: 'preparing the image' })
  const at = performance.now()
  const describer = await ImageDescriber.open({ image, recipe, encoders: open })
  const preparedS = secondsSince(at)
  const times: number[] = []
  while (times.length < count && slack * (times.at(-1) ?? 0) < remainingS()) {
    tell({ kind: 'at', where: `augmentation ${times.length + 1}` })
    const from = performance.now()
    await describer.describe(times.length)
    times.push(secondsSince(from))
    // The first one makes the kernels of its sizes.
    const steady = times.length > 1 ? times.slice(1) : times
    const each = steady.reduce((sum, time) => sum + time, 0) / steady.length
    const secondsPerImage = rounded(preparedS + (times[0] ?? 0) + each * (count - 1))
    const figures = { augmentations: times.length, secondsPerImage, preparedS: rounded(preparedS) }
    tell({ kind: 'image', image: { backend, mode, ...figures } })
  }
  await encoders.close()
}

/** A synthetic slide, whose classifiers are of random descriptors: reading, encoding and predicting all places. */
async function measureSlide(
  backend: BackendName,
  recipeName: 'starter' | 'quick',
  { root, tell }: Context,
): Promise<void> {
  const recipe = recipes[recipeName]
  if (recipe === undefined) throw new RangeError(`no recipe ${recipeName}`)
  tell({ kind: 'at', where: 'making the slide' })
  // Another name each time: one that is cut off may leave half a slide.
  const path = join(root, `slide-${backend}-${recipeName}.tiff`)
  const size = { widthPx: slidePx, heightPx: slidePx }
  await writeSyntheticSlide(path, { ...size, seed: 1 })
  const sha256 = await sha256OfFile(path)
  const encoders = new OpenEncoders(root, backend)
  const cache = new BoosterCache()
  tell({ kind: 'at', where: 'making the classifiers' })
  const boosters = await randomBoosters(recipe, encoders, root)
  tell({ kind: 'at', where: 'analysing the slide' })
  const directory = join(root, `maps-${backend}-${recipeName}`)
  const at = performance.now()
  const { mapSha256 } = await analyseOnce(
    { path, sha256, pixelSizeUm: 0.5 },
    { recipe, encoders, boosters, cache, directory, strideUm: 168 },
  )
  const seconds = secondsSince(at)
  const places = (await readSlideMap(directory, mapSha256)).cells.length
  const figures = { places, seconds: rounded(seconds), placesPerSecond: rounded(places / seconds) }
  tell({ kind: 'slide', slide: { backend, recipe: recipe.name, ...size, ...figures } })
  await cache.keepOnly(new Set())
  await encoders.close()
}
