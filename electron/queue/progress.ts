import type { Progress } from '../contract/index.ts'

/** A part of a job; `weight` is its expected share of the time. */
export interface Stage {
  name: string
  unit: string
  weight: number
  /** Estimated duration, if there is a better estimate than by `weight`. */
  expectedMs?: number
  /** Whether reports say how many units are done in a second. */
  showsRate?: boolean
}

/** Reports to the listener are throttled to this rate; the last one of a stage is always sent. */
const reportsPerSecond = 10
/** Below this fraction an estimate would vary too much. */
const minFraction = 0.02
const maxSamples = 64
/** Minimum of units for a rate: two reports close together do not give one. */
const minUnits = 0.25

/**
 * One fraction over all stages, as a share of the time, with the remaining time. The running stage is assumed to
 * continue at its latest rate: that of the second half of its time, measured after its first unit, because the first
 * unit includes what is loaded only once. Within the first unit the expected duration counts, or else the rate since
 * the last report of zero units. A later stage takes its expected duration, or a time in proportion to its weight. The
 * fraction never decreases; there is no estimate of the remaining time before 2 % are done.
 */
export class ProgressMeter {
  #stages: Stage[]
  readonly #listener: (progress: Progress) => void
  readonly #now: () => number
  readonly #startedAt: number
  #lastReportAt = -Infinity
  #fraction = 0
  /** The share that an earlier run has done. */
  #before = 0
  #current = -1
  #stageStartedAt: number
  /** Time of the last report of zero units: until then, what is needed only once was loaded. */
  #begunAt: number
  /** Durations of finished stages, by index. */
  readonly #took: number[] = []
  #samples: { at: number; done: number }[] = []

  constructor(
    stages: readonly Stage[],
    listener: (progress: Progress) => void,
    now = () => performance.now(),
  ) {
    this.#stages = [...stages]
    this.#listener = listener
    this.#now = now
    this.#startedAt = now()
    this.#stageStartedAt = this.#startedAt
    this.#begunAt = this.#startedAt
  }

  /** Sets the expected duration of a stage, if there is a better estimate than by its weight. */
  expect(stageName: string, expectedMs: number): void {
    const index = this.#indexOf(stageName)
    this.#stages = this.#stages.map((stage, i) => (i === index ? { ...stage, expectedMs } : stage))
  }

  /** Reports what an earlier run has done. It does not count for the rate. */
  begin(stageName: string, done: number, total: number): void {
    this.#before = total > 0 ? done / total : 0
    this.report(stageName, done, total)
  }

  report(stageName: string, done: number, total: number): void {
    const now = this.#now()
    const index = this.#indexOf(stageName)
    if (index !== this.#current) this.#enter(index, now)
    if (done <= 0) this.#begunAt = now
    this.#sample(now, done)
    const isLast = done >= total
    if (!isLast && now - this.#lastReportAt < 1000 / reportsPerSecond) return
    this.#lastReportAt = now
    const elapsedMs = now - this.#startedAt
    const hereMs = this.#leftHereMs(now - this.#stageStartedAt, now, done, total)
    const allMs = elapsedMs + this.#leftMs(now, hereMs)
    const perSecond = hereMs > 0 && hereMs < Infinity ? ((total - done) / hereMs) * 1000 : 0
    const showsRate = this.#stages[index]?.showsRate === true && perSecond > 0
    const isEnd = isLast && index === this.#stages.length - 1
    const reached = isEnd ? 1 : allMs > 0 ? Math.min(1, elapsedMs / allMs) : 0
    this.#fraction = Math.max(this.#fraction, this.#before + (1 - this.#before) * reached)
    const etaMs = isEnd ? 0 : reached < minFraction ? null : allMs - elapsedMs
    this.#listener({
      stage: stageName,
      done,
      total,
      unit: this.#stages[index]?.unit ?? '',
      fraction: this.#fraction,
      etaMs,
      ...(showsRate && { perSecond }),
    })
  }

  #indexOf(stageName: string): number {
    const index = this.#stages.findIndex(({ name }) => name === stageName)
    if (index < 0) throw new Error(`no stage ${stageName}`)
    return index
  }

  #enter(index: number, now: number): void {
    if (this.#current >= 0) this.#took[this.#current] = now - this.#stageStartedAt
    this.#stageStartedAt = now
    this.#begunAt = now
    this.#current = index
    this.#samples = []
  }

  #sample(now: number, done: number): void {
    const last = this.#samples.at(-1)
    if (done < 1 || (last !== undefined && done <= last.done)) return
    this.#samples.push({ at: now, done })
    // Every second sample is enough for the past.
    if (this.#samples.length > maxSamples) this.#samples = this.#samples.filter((_, i) => i % 2 === 0)
  }

  /** @param here of the running stage */
  #leftMs(now: number, here: number): number {
    const stageMs = now - this.#stageStartedAt
    // Time of the stages up to this one, per unit of weight.
    const known = this.#stages.slice(0, this.#current + 1)
    const spent = this.#took.reduce((sum, ms) => sum + ms, 0) + stageMs + here
    const perWeight = spent / known.reduce((sum, { weight }) => sum + weight, 0)
    const later = this.#stages.slice(this.#current + 1)
    return here + later.reduce((sum, { weight, expectedMs }) => sum + (expectedMs ?? weight * perWeight), 0)
  }

  #leftHereMs(stageMs: number, now: number, done: number, total: number): number {
    if (done >= total) return 0
    const expected = this.#stages[this.#current]?.expectedMs
    // Without an expected duration there is no estimate before the first unit is done: loading may take longer than the rest.
    if (done <= 0 && expected === undefined) return Infinity
    if (expected !== undefined && done < 1 && (done <= 0 || stageMs < expected / 10))
      return Math.max(expected - stageMs, stageMs)
    const from =
      this.#samples.findLast(({ at }) => at - this.#stageStartedAt <= stageMs / 2) ?? this.#samples[0]
    if (from !== undefined && done - from.done >= minUnits)
      return ((total - done) * (now - from.at)) / (done - from.done)
    const workedMs = now > this.#begunAt ? now - this.#begunAt : stageMs
    return (workedMs * (total - done)) / done
  }
}
