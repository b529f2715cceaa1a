import type { ImportReport, JobView } from '../../../electron/contract/index.ts'
import { formatPercent, formatProgress } from '../../words/format.ts'
import { errorText } from '../../words/errors.ts'
import { strings } from '../../words/index.ts'
import { reportOf } from '../../state/jobs.svelte.ts'

const text = strings.jobs

/** The result of a job, in one line. */
export function summaryOf(job: JobView): string {
  if (job.state === 'failed') return job.error === null ? text.states.failed : errorText(job.error)
  if (job.state === 'paused' || job.state === 'interrupted') {
    const { progress } = job
    return text.stopped(text.states[job.state], progress === null ? null : formatProgress(progress.fraction))
  }
  if (job.state !== 'done') return text.states[job.state]
  const demo = reportOf(job, 'demo')
  if (demo !== null) return text.demoDone(demo.images)
  const imported = reportOf(job, 'import')
  if (imported !== null) return importSummary(imported)
  const tried = reportOf(job, 'try-import')
  if (tried !== null) return text.importTried(importSummary(tried))
  const encoders = reportOf(job, 'encoders')
  if (encoders !== null) {
    const { installed, unofficial = [], removed = [], failed } = encoders
    if (removed.length > 0) return text.encodersRemoved(removed)
    const refused = failed.map(({ message }) => message)
    return text.encodersDone(installed, unofficial, refused)
  }
  const backend = reportOf(job, 'backends')
  if (backend !== null) return text.backendDone(backend.title, backend.action, backend.note)
  const trained = reportOf(job, 'train')
  if (trained !== null) return text.trainDone(formatPercent(trained.accuracy), trained.use?.inUse ?? null)
  const classified = reportOf(job, 'classify')
  if (classified !== null)
    return text.classifyDone(classified.classified, classified.failed.length, classified.locked ?? 0)
  const opened = reportOf(job, 'open-test-set')
  if (opened !== null)
    return text.testSetOpened(opened.testSet, opened.number, formatPercent(opened.accuracy))
  const encoded = reportOf(job, 'encode')
  if (encoded !== null) return text.encodeDone(encoded.images, encoded.failed.length, encoded.notes)
  const slides = reportOf(job, 'analyse-slides')
  if (slides !== null) return text.slidesDone(slides.analyses.length, slides.failed.length)
  const descriptors = reportOf(job, 'import-descriptors')
  if (descriptors !== null) return text.descriptorsDone(descriptors.images, descriptors.failed.length)
  const model = reportOf(job, 'import-model')
  if (model !== null) return text.modelImported(model.model, model.warnings.length)
  const exported = reportOf(job, 'export-model')
  if (exported !== null) return text.modelExported(exported.path)
  const planned =
    reportOf(job, 'plan-shards') ?? reportOf(job, 'plan-training') ?? reportOf(job, 'plan-slides')
  if (planned !== null) return text.modelExported(planned.directory)
  const handedOver = reportOf(job, 'hand-over')
  if (handedOver !== null) return text.modelExported(handedOver.path)
  const checked = reportOf(job, 'check')
  if (checked !== null) return text.checkDone(checked.problems.length)
  const relinked = reportOf(job, 'relink')
  if (relinked !== null) return text.relinkDone(relinked.found.length, relinked.missing.length)
  const compared = reportOf(job, 'compare-encoders')
  if (compared !== null) return text.encodersCompared(compared.pairs.length)
  const leaks = reportOf(job, 'leaks')
  if (leaks !== null) return text.leaksDone(leaks.imageIds.length)
  return text.states.done
}

function importSummary({ imported, duplicates, account, failed, rows }: ImportReport): string {
  // A duplicate may contradict what the workspace has; reports of older versions have no account.
  const { present, removed = 0, contradicting } = account?.files ?? { present: duplicates, contradicting: 0 }
  const unusedRows = account?.rows?.failed ?? rows.length
  return text.importDone({ imported, present, removed, contradicting }, failed.length, unusedRows)
}

/** What a finished job did, and what it could not do, as numbers of files, images or rows. */
function outcomeOf(job: JobView): { done: number; failed: number } {
  const imported = reportOf(job, 'import') ?? reportOf(job, 'try-import')
  if (imported !== null)
    return {
      done: imported.imported + imported.duplicates + imported.found + imported.labelled,
      failed: imported.failed.length + imported.rows.length + (imported.account?.contradictions.length ?? 0),
    }
  const encoders = reportOf(job, 'encoders')
  // Without a weight file nothing was refused, and nothing was installed either.
  if (encoders !== null) {
    const done = encoders.installed.length + (encoders.removed ?? []).length
    return { done, failed: Math.max(encoders.failed.length, done === 0 ? 1 : 0) }
  }
  const classified = reportOf(job, 'classify')
  if (classified !== null) return { done: classified.classified, failed: classified.failed.length }
  const encoded = reportOf(job, 'encode')
  if (encoded !== null) return { done: encoded.images, failed: encoded.failed.length }
  const slides = reportOf(job, 'analyse-slides')
  if (slides !== null) return { done: slides.analyses.length, failed: slides.failed.length }
  const descriptors = reportOf(job, 'import-descriptors')
  if (descriptors !== null) {
    const done = descriptors.images
    return { done, failed: Math.max(descriptors.failed.length, done === 0 ? 1 : 0) }
  }
  const relinked = reportOf(job, 'relink')
  if (relinked !== null) {
    const { found, missing, failed } = relinked
    return { done: found.length, failed: missing.length + failed.length }
  }
  const failed =
    reportOf(job, 'train')?.skipped.length ??
    reportOf(job, 'check')?.problems.length ??
    reportOf(job, 'import-model')?.warnings.length ??
    0
  return { done: 1, failed }
}

/** Only a job that did something, and all of it, is a `success`. */
export type JobTone = 'running' | 'success' | 'warning' | 'danger' | 'neutral'

export function toneOf(job: JobView): JobTone {
  if (job.state === 'failed') return 'danger'
  if (job.state === 'cancelled') return 'neutral'
  if (job.state === 'interrupted' || job.state === 'paused') return 'warning'
  if (job.state === 'done') {
    const { done, failed } = outcomeOf(job)
    if (failed > 0) return done > 0 ? 'warning' : 'danger'
    return 'success'
  }
  return 'running'
}
