import { JobRun } from '../../electron/queue/job-run.ts'
import type { Stage } from '../../electron/queue/progress.ts'

/** A run of a job without a queue. */
export const jobRun = (
  { stages }: { stages: readonly Stage[] },
  options: { signal?: AbortSignal; since?: string; onProgress?: () => void } = {},
): JobRun =>
  new JobRun({
    id: 1,
    signal: new AbortController().signal,
    stages,
    onProgress: () => undefined,
    ...options,
  })
