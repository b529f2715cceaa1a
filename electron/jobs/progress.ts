import type { Progress } from '../contract/index.ts'

/** A part of a job; `weight` is its expected share of the time. */
export interface Stage {
  name: string
  unit: string
  weight: number
}

/** At most so many reports a second reach the listener; the last one of a stage always does. */
const reportsPerSecond = 10

/**
 * One fraction over weighted stages, with the time that is left. The estimate takes the pace since the
 * start; it is withheld until 2 % are done, since it would only jump about.
 */
export class ProgressMeter {
  readonly #stages: readonly Stage[]
  readonly #listener: (progress: Progress) => void
  readonly #now: () => number
  readonly #startedAt: number
  #lastReportAt = -Infinity
  /** What was done before the start, by an earlier run of the same job. */
  #fractionBefore = 0

  constructor(
    stages: readonly Stage[],
    listener: (progress: Progress) => void,
    now = () => performance.now(),
  ) {
    this.#stages = stages
    this.#listener = listener
    this.#now = now
    this.#startedAt = now()
  }

  /** Says what an earlier run has done; the pace is that of the rest. */
  begin(stageName: string, done: number, total: number): void {
    this.#fractionBefore = this.#fractionOf(stageName, done, total).fraction
    this.report(stageName, done, total)
  }

  report(stageName: string, done: number, total: number): void {
    const now = this.#now()
    const isLast = done >= total
    if (!isLast && now - this.#lastReportAt < 1000 / reportsPerSecond) return
    this.#lastReportAt = now
    const { stage, fraction } = this.#fractionOf(stageName, done, total)
    const elapsedMs = now - this.#startedAt
    const made = fraction - this.#fractionBefore
    const etaMs = made < 0.02 ? null : (elapsedMs * (1 - fraction)) / made
    this.#listener({ stage: stageName, done, total, unit: stage.unit, fraction, etaMs })
  }

  #fractionOf(stageName: string, done: number, total: number): { stage: Stage; fraction: number } {
    const index = this.#stages.findIndex((stage) => stage.name === stageName)
    const stage = this.#stages[index]
    if (stage === undefined) throw new Error(`no stage ${stageName}`)
    const all = this.#stages.reduce((sum, s) => sum + s.weight, 0)
    const before = this.#stages.slice(0, index).reduce((sum, s) => sum + s.weight, 0)
    const share = total > 0 ? done / total : 1
    return { stage, fraction: Math.min(1, (before + stage.weight * share) / all) }
  }
}
