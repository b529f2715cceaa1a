import { afterAll, expect, it } from 'vitest'
import { BlindedView } from '../../../electron/application/blinded-view.ts'
import { redactJob } from '../../../electron/application/redact-jobs.ts'
import type { JobView } from '../../../electron/contract/index.ts'
import { openScratchStore } from '../../../electron/store/index.ts'

const store = openScratchStore()
afterAll(() => store.close())
const view = new BlindedView(store.database, 'ada', () => true)

const job = {
  id: 1,
  kind: 'analyse-slides',
  title: 'Analyse 2 slides',
  state: 'running',
  resumable: true,
  retriable: false,
  progress: {
    stage: 'Analysing slides',
    unit: 'places',
    done: 10,
    total: 917,
    fraction: 310 / 917,
    etaMs: 60_000,
    perSecond: 12,
  },
  error: null,
  report: null,
  createdAt: '2026-12-01T00:00:00.000Z',
  endedAt: null,
} satisfies JobView

it('tells a blind reader how far an analysis of slides is, but no number of places', () => {
  expect(redactJob(job, view).progress).toEqual({
    stage: 'Analysing slides',
    unit: 'places',
    done: 0,
    total: 0,
    // 0.33805: an exact share would be a multiple of one place.
    fraction: 0.33,
    etaMs: 60_000,
  })
  expect(redactJob({ ...job, progress: null }, view).progress).toBeNull()
})

it('leaves the progress of other jobs as it is', () => {
  const { progress } = job
  expect(redactJob({ ...job, kind: 'encode' }, view).progress).toEqual(progress)
})
