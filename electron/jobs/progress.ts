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

  report(stageName: string, done: number, total: number): void {
    const now = this.#now()
    const isLast = done >= total
    if (!isLast && now - this.#lastReportAt < 1000 / reportsPerSecond) return
    this.#lastReportAt = now
    const index = this.#stages.findIndex((stage) => stage.name === stageName)
    const stage = this.#stages[index]
    if (stage === undefined) throw new Error(`no stage ${stageName}`)
    const all = this.#stages.reduce((sum, s) => sum + s.weight, 0)
    const before = this.#stages.slice(0, index).reduce((sum, s) => sum + s.weight, 0)
    const share = total > 0 ? done / total : 1
    const fraction = Math.min(1, (before + stage.weight * share) / all)
    const elapsedMs = now - this.#startedAt
    const etaMs = fraction < 0.02 ? null : (elapsedMs * (1 - fraction)) / fraction
    this.#listener({ stage: stageName, done, total, unit: stage.unit, fraction, etaMs })
  }
}
