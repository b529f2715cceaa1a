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
/** Of the whole limit: what is left when the networks end goes to the image and the slides. */
const networksShare = 0.75
/** What is expected to take so long may take this many times as long. */
const patience = 2
/** For the answer, and for a process that dies slowly. */
const endS = 5
/** The slide has half a square millimetre of tissue, and a place each 168 um. */
const placesOfSlide = 80
/** To make the slide and its classifiers. */
const preparingS = 5
/** A field has the area of some seven crops of 400 px. */
const cropsOfField = 7

export interface GpuFigures {
  networks: OpenedNetwork[]
  crops: TimedCrop[]
  images: TimedImage[]
  slides: TimedSlide[]
  /** Back-ends that this machine does not have, or that open nothing on it, and why. */
  unavailable: { backend: BackendName; why: string }[]
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

/**
 * Runs all measurements that fit, each in a process that is killed at its deadline: the networks, then what needs several of them, the
 * quickest first. Always answers within the limit. What it does not measure is in `leftOut` or `cutOff`.
 */
export async function runGpuBenchmark(run: Run): Promise<GpuFigures> {
  const found: GpuFigures = {
    ...{ networks: [], crops: [], images: [], slides: [] },
    ...{ unavailable: [], leftOut: [], cutOff: [], seconds: 0 },
  }
  const lastS = run.limitS - endS
  const refused = await measureNetworks(run, found, run.elapsedS() + networksShare * (lastS - run.elapsedS()))
  const later = run.backends
    .flatMap(laterSteps)
    .map((step) => ({ step, neededS: secondsFor(found, step) }))
    .toSorted((a, b) => a.neededS - b.neededS || 0)
  for (const [index, { step, neededS }] of later.entries()) {
    const why = refused.get(step.backend)
    if (why !== undefined) leaveOut(run, found, titleOf(step), why)
    else {
      const waiting = later.slice(index).filter((one) => one.neededS < Infinity).length
      const leftS = lastS - run.elapsedS()
      const untilS = run.elapsedS() + Math.min(leftS, Math.max(leftS / waiting, patience * neededS))
      await measureIfTime(run, found, step, { untilS, neededS })
    }
  }
  found.seconds = rounded(run.elapsedS())
  return found
}

const laterSteps = (backend: BackendName): Exclude<GpuStep, { kind: 'network' }>[] => [
  { kind: 'slide', backend, recipe: 'starter' },
  { kind: 'slide', backend, recipe: 'quick' },
  { kind: 'protocol', backend, mode: 'dense' },
  { kind: 'protocol', backend, mode: 'crops' },
]

/**
 * The cheapest network first on every back-end, then the next one: a driver in software gives some figures, too. A back-end that
 * does not open the cheapest network, or not in time, is not tried again; one whose self-test fails is, since a network may be
 * less exact than the others. Answers why each such back-end is not tried again.
 */
async function measureNetworks(
  run: Run,
  found: GpuFigures,
  untilS: number,
): Promise<ReadonlyMap<BackendName, string>> {
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
      const end = await measureIfTime(run, found, step, { untilS: run.elapsedS() + shareS, neededS: 0 })
      const isOpen = found.networks.some((one) => one.backend === backend && one.encoder === encoder)
      const isRun =
        end?.kind !== 'not run' && !(end?.kind === 'failed' && end.code === 'encoder.self-test-failed')
      if (end?.kind === 'unavailable' || (encoder === cheapestFirst[0] && !isOpen && isRun)) {
        if (end !== null) found.unavailable.push({ backend, why: reasonOf(end) })
        refused.set(backend, end?.kind === 'unavailable' ? end.why : `${encoder} was not opened on it`)
      }
    }
  }
  return refused
}

/** Why a measurement found nothing, as it told. */
type Refusal = Extract<GpuMessage, { kind: 'unavailable' | 'not run' | 'failed' }>

/** Answers how it refused, if it did. */
async function measureIfTime(
  run: Run,
  found: GpuFigures,
  step: GpuStep,
  { untilS, neededS }: { untilS: number; neededS: number },
): Promise<Refusal | null> {
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

async function measure(run: Run, found: GpuFigures, step: GpuStep, limitS: number): Promise<Refusal | null> {
  const what = titleOf(step)
  const fromS = run.elapsedS()
  const last: { where: string; refusal: Refusal | null; image: TimedImage | null } = {
    where: 'starting the process',
    refusal: null,
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
      last.refusal = told
      leaveOut(run, found, what, reasonOf(told))
    }
  }
  const end = await run.runStep(step, limitS, onMessage)
  if (last.image !== null) found.images.push(last.image)
  const afterS = rounded(run.elapsedS() - fromS)
  // How a process ends after it told why it found nothing adds nothing.
  if (last.refusal !== null) return last.refusal
  if (end.kind === 'cut off') {
    found.cutOff.push({ what, where: last.where, afterS })
    run.say(`cut off ${what} after ${afterS} s, at: ${last.where}`)
  } else if (end.kind === 'failed')
    leaveOut(run, found, what, `its process ended at: ${last.where} (${end.how})`)
  else run.say(`${what}: ${afterS} s`)
  return null
}

const reasonOf = (refusal: Refusal): string =>
  refusal.kind === 'failed'
    ? refusal.message
    : refusal.kind === 'unavailable'
      ? refusal.why
      : 'this back-end does not run it'

function leaveOut(run: Run, found: GpuFigures, what: string, why: string): void {
  found.leftOut.push({ what, why })
  run.say(`left out ${what}: ${why}`)
}

/** What a measurement is called in the answer. */
export function titleOf(step: GpuStep): string {
  if (step.kind === 'network') return `${step.encoder} on ${step.backend}`
  if (step.kind === 'protocol') return `standard, mode ${step.mode}, on ${step.backend}`
  return `a slide by ${step.recipe} on ${step.backend}`
}

/** Infinity if the network was not measured. Of another size than a measured one, the time follows the area. */
function cropOf(found: GpuFigures, backend: string, encoder: string, sizePx: number): number {
  const own = found.crops.filter((crop) => crop.backend === backend && crop.encoder === encoder)
  const known = own.find((crop) => crop.sizePx === sizePx) ?? own[0]
  return known === undefined ? Infinity : known.secondsPerCrop * (sizePx / known.sizePx) ** 2
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Seconds for one crop of each size and network of a recipe; Infinity if one was not measured. */
const secondsPerPass = (found: GpuFigures, backend: string, { encoders, crops }: Recipe): number =>
  sum(encoders.flatMap((encoder) => crops.sets.map(({ sizePx }) => cropOf(found, backend, encoder, sizePx))))

/** Seconds until a slide, or the first augmentation of an image, is done, with the opening of its networks. Infinity as above. */
function secondsFor(found: GpuFigures, step: Exclude<GpuStep, { kind: 'network' }>): number {
  const { backend } = step
  const recipe = recipes[step.kind === 'slide' ? step.recipe : 'standard'] ?? recipes.standard
  const opening = sum(
    found.networks
      .filter((one) => one.backend === backend && recipe.encoders.some((name) => name === one.encoder))
      .map(({ secondsToOpen }) => secondsToOpen),
  )
  const pass = secondsPerPass(found, backend, recipe)
  if (step.kind === 'slide') return opening + preparingS + placesOfSlide * pass
  const field = cropsOfField * sum(recipe.encoders.map((encoder) => cropOf(found, backend, encoder, 400)))
  return opening + (step.mode === 'crops' ? recipe.crops.count * pass : field)
}
