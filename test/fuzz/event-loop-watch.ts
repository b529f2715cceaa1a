import { performance } from 'node:perf_hooks'

export interface Gap {
  /** How long the event loop did not turn, ms. */
  wallMs: number
  /** What this thread computed in that time, ms: the rest of the gap belonged to other programs. */
  cpuMs: number
}

/** Watches with a timer of its own how long this process stands still. */
export class EventLoopWatch {
  readonly #timer: NodeJS.Timeout
  readonly #largest: Gap[] = []
  readonly #started = performance.eventLoopUtilization()
  readonly #cpuAtStart = process.threadCpuUsage()
  #last = performance.now()
  #cpu = this.#cpuAtStart
  #isPaused = false

  constructor() {
    this.#timer = setInterval(() => this.#turn(), 5)
  }

  /** Runs what the test itself computes, such as making its inputs: it does not count. */
  aside<T>(work: () => T): T {
    this.#turn()
    this.#isPaused = true
    try {
      return work()
    } finally {
      this.#isPaused = false
      this.#last = performance.now()
      this.#cpu = process.threadCpuUsage()
    }
  }

  /** The three largest gaps, and what share of the time and of a processor this thread used. */
  report(): { gaps: Gap[]; utilisation: number; cpuSeconds: number } {
    clearInterval(this.#timer)
    this.#turn()
    const { utilization } = performance.eventLoopUtilization(this.#started)
    const { user, system } = process.threadCpuUsage(this.#cpuAtStart)
    return { gaps: this.#largest, utilisation: utilization, cpuSeconds: (user + system) / 1e6 }
  }

  #turn(): void {
    const now = performance.now()
    const { user, system } = process.threadCpuUsage(this.#cpu)
    const gap = { wallMs: Math.round(now - this.#last), cpuMs: Math.round((user + system) / 1000) }
    this.#last = now
    this.#cpu = process.threadCpuUsage()
    if (this.#isPaused) return
    this.#largest.push(gap)
    this.#largest.sort((a, b) => b.cpuMs - a.cpuMs || b.wallMs - a.wallMs)
    this.#largest.length = Math.min(this.#largest.length, 3)
  }
}
