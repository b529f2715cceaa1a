import type { JobView } from '../contract/index.ts'
import { visible } from '../base/terminal-text.ts'

const terminal = process.stderr

/** Progress on stderr: one updated line on a terminal; otherwise a new line for every tenth. */
export class ProgressLine {
  #lastTenth = -1
  #isOpen = false

  show({ progress, state }: JobView): void {
    if (progress === null || state !== 'running') return
    const percent = Math.floor(progress.fraction * 100)
    const remaining = progress.etaMs === null ? '' : `, ${formatDuration(progress.etaMs)} left`
    const { perSecond } = progress
    const rate =
      perSecond === undefined ? '' : `, ${Number(perSecond.toPrecision(2))} ${progress.unit} a second`
    // A blind reader gets no numbers of some jobs.
    const done =
      progress.total === 0 ? '' : `${Math.floor(progress.done)} of ${progress.total} ${progress.unit}, `
    const text = visible(`${progress.stage}: ${done}${percent} %${rate}${remaining}`)
    if (terminal.isTTY) {
      terminal.write(`\r\u001b[K${text}`)
      this.#isOpen = true
      return
    }
    const tenth = Math.floor(percent / 10)
    if (tenth === this.#lastTenth) return
    this.#lastTenth = tenth
    terminal.write(`${text}\n`)
  }

  end(): void {
    if (this.#isOpen) terminal.write('\n')
    this.#isOpen = false
  }
}

/** "45 s", "3 min 20 s", "2 h 5 min". */
export function formatDuration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
