import { expect, it } from 'vitest'
import type { JobReports, JobView } from '../../../../electron/contract/index.ts'
import { summaryOf, toneOf } from '../../../../renderer/features/jobs/job-summary.ts'

/** A finished job of a kind with the parts of its report that the summary reads. */
const job = <K extends keyof JobReports>(kind: K, report: Partial<JobReports[K]>): JobView => ({
  id: 1,
  kind,
  title: 'a job',
  state: 'done',
  progress: null,
  error: null,
  report,
  resumable: false,
  retriable: false,
  createdAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:01.000Z',
})
const failure = { path: '/x', code: 'encoder.unknown-file', message: 'x is no weight file.' } as const
const row = { row: 2, file: 'a.png', problem: 'no such image' }
const imported = { imported: 0, duplicates: 0, found: 0, labelled: 0, rows: [], failed: [] }
/** Of four files, one of them with a contradiction, and of three rows whose reader is listed once. */
const account = {
  files: { offered: 5, imported: 2, present: 1, contradicting: 1, failed: 1 },
  rows: { offered: 3, added: 0, changed: 0, present: 0, empty: 0, contradicting: 0, failed: 3 },
  parts: 0,
  hidden: 0,
  contradictions: [],
  changes: [],
  notes: [],
}
const relinked = { found: [], missing: [], failed: [] }
const moved = { imageId: 1, from: '/a', to: '/b' }
const lost = { imageId: 2, path: '/c' }

it.each<[JobView, string, string]>([
  [job('encoders', { installed: ['vgg16'], failed: [] }), 'success', 'vgg16 installed'],
  [
    job('encoders', { installed: [], failed: [failure] }),
    'danger',
    'Nothing installed. x is no weight file.',
  ],
  [job('encoders', { installed: [], failed: [] }), 'danger', 'Nothing installed: there is no weight file'],
  [
    job('encoders', { installed: ['vgg16'], unofficial: ['vgg16'], failed: [failure] }),
    'warning',
    'vgg16 installed; unofficial weights: vgg16; 1 not installed',
  ],
  [job('import', { ...imported, imported: 2 }), 'success', '2 images imported'],
  [job('import', { ...imported, failed: [failure] }), 'danger', '0 images imported, 1 failed'],
  [job('import', { ...imported, duplicates: 3 }), 'success', '0 images imported, 3 already imported'],
  [
    job('import', { ...imported, duplicates: 3, rows: [row] }),
    'warning',
    '0 images imported, 3 already imported, 1 table row skipped',
  ],
  [
    job('try-import', { ...imported, imported: 2, duplicates: 2, rows: [row], failed: [failure], account }),
    'warning',
    'Nothing was changed. The import would give: 2 images imported, 1 already imported, 1 with a contradiction, 1 failed, 3 table rows skipped',
  ],
  [job('classify', { classified: 0, failed: [failure] }), 'danger', '0 images classified, 1 failed'],
  [job('encode', { images: 0, failed: [failure] }), 'danger', '0 images encoded, 1 failed'],
  [job('analyse-slides', { analyses: [], failed: [failure] }), 'danger', '0 slides analysed, 1 failed'],
  [
    job('analyse-slides', { analyses: [{ imageId: 1, analysisId: 1, places: 9 }], failed: [] }),
    'success',
    '1 slide analysed',
  ],
  [job('encode', { images: 4, failed: [] }), 'success', '4 images encoded'],
  [
    job('encode', { images: 4, failed: [], notes: ['webgpu failed, and cpu took its images over'] }),
    'success',
    '4 images encoded; webgpu failed, and cpu took its images over',
  ],
  [
    job('import-descriptors', { images: 1, failed: [failure] }),
    'warning',
    'Descriptors of 1 image imported, 1 failed',
  ],
  [
    job('import-descriptors', { images: 0, failed: [] }),
    'danger',
    'No descriptors imported: none belongs to an image of this workspace',
  ],
  [job('import-model', { model: 'first', warnings: ['old'] }), 'warning', 'first imported, 1 warning'],
  [job('export-model', { path: '/m.lobule' }), 'success', 'Written to /m.lobule'],
  [job('plan-shards', { directory: '/p', failed: [] }), 'success', 'Written to /p'],
  [job('plan-training', { directory: '/p', failed: [] }), 'success', 'Written to /p'],
  [job('plan-slides', { directory: '/p', failed: [] }), 'success', 'Written to /p'],
  [job('relink', relinked), 'success', 'No image was missing'],
  [job('relink', { ...relinked, missing: [lost] }), 'danger', 'No image found again, 1 still missing'],
  [
    job('relink', { ...relinked, found: [moved], missing: [lost] }),
    'warning',
    '1 image found again, 1 still missing',
  ],
])('%#: a job says what it did, and is a success only if it did all of it', (finished, tone, summary) => {
  expect([toneOf(finished), summaryOf(finished)]).toEqual([tone, summary])
})
