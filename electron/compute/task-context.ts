/** Every task takes its input and this. */
export interface TaskContext {
  signal: AbortSignal
  report: (done: number, total: number) => void
}
