import type { JobView } from '../../../electron/contract/index.ts'
import { formatPercent, formatWholePercent } from '../../words/format.ts'
import { strings } from '../../words/index.ts'
import { reportOf } from '../../state/jobs.svelte.ts'

const text = strings.jobs

/** The result of a job, in one line. */
export function summaryOf(job: JobView): string {
  if (job.state === 'failed') return job.error?.message ?? text.states.failed
  if (job.state === 'paused' || job.state === 'interrupted') {
    const { progress } = job
    return text.stopped(
      text.states[job.state],
      progress === null ? null : formatWholePercent(progress.fraction),
    )
  }
  if (job.state !== 'done') return text.states[job.state]
  const demo = reportOf(job, 'demo')
  if (demo !== null) return text.demoDone(demo.images)
  const imported = reportOf(job, 'import')
  if (imported !== null)
    return text.importDone(imported.imported, imported.duplicates, imported.failed.length)
  const encoders = reportOf(job, 'encoders')
  if (encoders !== null) return text.encodersDone(encoders.installed.join(', '))
  const trained = reportOf(job, 'train')
  if (trained !== null) return text.trainDone(formatPercent(trained.accuracy), trained.use?.inUse ?? null)
  const classified = reportOf(job, 'classify')
  if (classified !== null) return text.classifyDone(classified.classified, classified.failed.length)
  const checked = reportOf(job, 'check')
  if (checked !== null) return text.checkDone(checked.problems.length)
  const relinked = reportOf(job, 'relink')
  if (relinked !== null) return text.relinkDone(relinked.found.length, relinked.missing.length)
  return text.states.done
}

/** Files that a finished job could not use. */
export const failuresOf = (job: JobView): number =>
  reportOf(job, 'import')?.failed.length ??
  reportOf(job, 'classify')?.failed.length ??
  reportOf(job, 'encode')?.failed.length ??
  reportOf(job, 'train')?.skipped.length ??
  reportOf(job, 'check')?.problems.length ??
  reportOf(job, 'relink')?.missing.length ??
  0

export type JobTone = 'running' | 'success' | 'warning' | 'danger' | 'neutral'

export function toneOf(job: JobView): JobTone {
  if (job.state === 'failed') return 'danger'
  if (job.state === 'cancelled') return 'neutral'
  if (job.state === 'interrupted' || job.state === 'paused') return 'warning'
  if (job.state === 'done') return failuresOf(job) > 0 ? 'warning' : 'success'
  return 'running'
}
