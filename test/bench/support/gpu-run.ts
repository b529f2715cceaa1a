/** The plan of `npm run bench -- gpu --run` (test/bench/gpu.ts): which measurement comes next, and when it is cut off. */
import {
  recipes,
  type BackendName,
  type BuiltInEncoder,
  type Recipe,
} from '../../../electron/contract/index.ts'
import {
  rounded,
  type GpuMessage,
  type GpuStep,
  type OpenedNetwork,
  type TimedCrop,
  type TimedImage,
  type TimedSlide,
} from './gpu-record.ts'
import type { End } from './timed-child.ts'

/** By their multiplications; the first one has a tenth of the second's. */
const cheapestFirst: readonly BuiltInEncoder[] = ['efficientnetlite0', 'resnet50', 'inceptionv3', 'vgg16']
/** Of the whole limit: what is left when the networks end goes to the image and the slide. */
const networksShare = 0.75
/** Of what is left: the slide gets the rest. */
const shares = { dense: 0.35, crops: 0.6 } as const
/** For the answer, and for a process that dies slowly. */
const endS = 5
/** The slide has half a square millimetre of tissue, and a place each 168 um. */
const placesOfSlide = 80
/** A field has the area of some seven crops of 400 px. */
const cropsOfField = 7

export interface GpuFigures {
  networks: OpenedNetwork[]
  crops: TimedCrop[]
  images: TimedImage[]
  slides: TimedSlide[]
  /** What was not begun, or failed, and why. */
  leftOut: { what: string; why: string }[]
  /** What was killed at its deadline: where it was, and after how many seconds of its own. */
  cutOff: { what: string; where: string; afterS: number }[]
  /** Of the whole run. */
  seconds: number
}

interface Run {
  /** Runs a measurement in a process that is killed after so many seconds; the messages are what it tells. */
  runStep: (step: GpuStep, limitS: number, onMessage: (message: GpuMessage) => void) => Promise<End>
  backends: readonly BackendName[]
  /** The whole run takes no longer. */
  limitS: number
  /** Seconds since the run began. */
  elapsedS: () => number
  say: (line: string) => void
}

/** Runs all measurements that fit, each in a process that is killed at its deadline. Always answers within the limit. */
export async function runGpuBenchmark(run: Run): Promise<GpuFigures> {
  const found: GpuFigures = {
    ...{ networks: [], crops: [], images: [], slides: [] },
    ...{ leftOut: [], cutOff: [], seconds: 0 },
  }
  const lastS = run.limitS - endS
  await measureNetworks(run, found, run.elapsedS() + networksShare * (lastS - run.elapsedS()))
  // The fastest that runs the networks of the protocol.
  const fastest = run.backends.toSorted(
    (a, b) =>
      secondsPerPass(found, a, recipes['standard']) - secondsPerPass(found, b, recipes['standard']) || 0,
  )[0]
  if (fastest !== undefined) {
    for (const mode of ['dense', 'crops'] as const) {
      const untilS = run.elapsedS() + shares[mode] * (lastS - run.elapsedS())
      const neededS = secondsOfAugmentation(found, fastest, mode)
      await measureIfTime(run, found, { kind: 'protocol', backend: fastest, mode }, { untilS, neededS })
    }
    const quick = recipes['quick']
    const neededS = quick === undefined ? Infinity : placesOfSlide * secondsPerPass(found, fastest, quick)
    await measureIfTime(run, found, { kind: 'slide', backend: fastest }, { untilS: lastS, neededS })
  }
  found.seconds = rounded(run.elapsedS())
  return found
}

/**
 * The cheapest network first on every back-end, then the next one: a driver in software gives some figures, too. A back-end that
 * does not open the cheapest network, or not in time, is not tried again; one whose self-test fails is, since a network may be
 * less exact than the others.
 */
async function measureNetworks(run: Run, found: GpuFigures, untilS: number): Promise<void> {
  const refused = new Map<BackendName, string>()
  for (const encoder of cheapestFirst) {
    for (const backend of run.backends) {
      const step = { kind: 'network', backend, encoder } as const
      const why = refused.get(backend)
      if (why !== undefined) {
        leaveOut(run, found, titleOf(step), why)
        continue
      }
      // One that hangs takes no more than its share from the back-ends that come after it.
      const after = run.backends.slice(run.backends.indexOf(backend)).filter((name) => !refused.has(name))
      const shareS = (untilS - run.elapsedS()) / after.length
      const code = await measureIfTime(run, found, step, { untilS: run.elapsedS() + shareS, neededS: 0 })
      const isOpen = found.networks.some((one) => one.backend === backend && one.encoder === encoder)
      if (encoder === cheapestFirst[0] && !isOpen && code !== 'encoder.self-test-failed')
        refused.set(backend, `${encoder} was not opened on it`)
    }
  }
}

/** Answers the code of the error that ended it, if any. */
async function measureIfTime(
  run: Run,
  found: GpuFigures,
  step: GpuStep,
  { untilS, neededS }: { untilS: number; neededS: number },
): Promise<string | null> {
  const what = titleOf(step)
  const fromS = run.elapsedS()
  const limitS = untilS - fromS
  if (neededS === Infinity) leaveOut(run, found, what, 'not all of its networks were measured')
  else if (limitS < Math.max(1, neededS))
    leaveOut(
      run,
      found,
      what,
      `${Math.max(0, limitS).toFixed(0)} s are left; it needs ${Math.max(1, neededS).toFixed(0)}`,
    )
  else return measure(run, found, step, limitS)
  return null
}

async function measure(run: Run, found: GpuFigures, step: GpuStep, limitS: number): Promise<string | null> {
  const what = titleOf(step)
  const fromS = run.elapsedS()
  const last: { where: string; code: string | null; image: TimedImage | null } = {
    where: 'starting the process',
    code: null,
    image: null,
  }
  const onMessage = (told: GpuMessage): void => {
    if (told.kind === 'at') last.where = told.where
    else if (told.kind === 'opened') found.networks.push(told.opened)
    else if (told.kind === 'crop') found.crops.push(told.crop)
    else if (told.kind === 'image') last.image = told.image
    else if (told.kind === 'slide') found.slides.push(told.slide)
    else if (told.kind === 'left out') leaveOut(run, found, told.what, told.why)
    else {
      last.code = told.code
      leaveOut(run, found, what, told.message)
    }
  }
  const end = await run.runStep(step, limitS, onMessage)
  if (last.image !== null) found.images.push(last.image)
  const afterS = rounded(run.elapsedS() - fromS)
  if (end.kind === 'cut off') {
    found.cutOff.push({ what, where: last.where, afterS })
    run.say(`cut off ${what} after ${afterS} s, at: ${last.where}`)
  } else if (end.kind === 'failed')
    leaveOut(run, found, what, `its process ended at: ${last.where} (${end.how})`)
  else run.say(`${what}: ${afterS} s`)
  return last.code
}

function leaveOut(run: Run, found: GpuFigures, what: string, why: string): void {
  found.leftOut.push({ what, why })
  run.say(`left out ${what}: ${why}`)
}

function titleOf(step: GpuStep): string {
  if (step.kind === 'network') return `${step.encoder} on ${step.backend}`
  if (step.kind === 'protocol') return `standard, mode ${step.mode}, on ${step.backend}`
  return `a slide on ${step.backend}`
}

const cropOf = (found: GpuFigures, backend: string, encoder: string, sizePx: number): number =>
  found.crops.find((crop) => crop.backend === backend && crop.encoder === encoder && crop.sizePx === sizePx)
    ?.secondsPerCrop ?? Infinity

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Seconds for one crop of each size and network of a recipe; Infinity if one was not measured. */
const secondsPerPass = (found: GpuFigures, backend: string, { encoders, crops }: Recipe): number =>
  sum(encoders.flatMap((encoder) => crops.sets.map(({ sizePx }) => cropOf(found, backend, encoder, sizePx))))

/** Seconds until the first augmentation of `standard` is there, with the opening of its networks. */
function secondsOfAugmentation(found: GpuFigures, backend: string, mode: 'crops' | 'dense'): number {
  const recipe = recipes['standard']
  const opening = sum(
    found.networks
      .filter((one) => one.backend === backend && recipe.encoders.some((name) => name === one.encoder))
      .map(({ secondsToOpen }) => secondsToOpen),
  )
  const pass = secondsPerPass(found, backend, recipe)
  const crops = recipe.crops.count * pass
  const field = cropsOfField * sum(recipe.encoders.map((encoder) => cropOf(found, backend, encoder, 400)))
  return opening + (mode === 'crops' ? crops : field)
}
