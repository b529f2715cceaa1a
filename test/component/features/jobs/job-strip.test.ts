import { screen } from '@testing-library/svelte'
import { expect, test, vi } from 'vitest'
import type { JobView } from '../../../../electron/contract/index.ts'
import JobStrip from '../../../../renderer/features/jobs/JobStrip.svelte'
import { show } from '../../support/kit.ts'
import { job } from '../../support/views.ts'

const running = job(3, { state: 'running', title: 'Train first' })
const failed = job(2, { state: 'failed', title: 'Import slides' })
const done = job(1, { state: 'cancelled', title: 'Classify 3 images' })
const begin = (...jobs: JobView[]) => {
  const [onAll, other] = [vi.fn(), vi.fn()]
  const on = {
    onCancel: other,
    onPause: other,
    onResume: other,
    onRetry: other,
    onDetails: other,
    onDismiss: other,
    onAll,
  }
  return { onAll, user: show(JobStrip, { ...on, jobs }) }
}

test('a failed job under one that runs is counted as failed, in red, and leads to all jobs', async () => {
  const { user, onAll } = begin(running, failed, done)
  expect(screen.getByText('Train first')).toBeDefined()
  const others = screen.getByRole('button', { name: '2 more jobs, 1 failed' })
  expect(others.classList).toContain('danger')
  await user.click(others)
  expect(onAll).toHaveBeenCalledTimes(1)
})

test.each([
  [[running, failed], '1 more job failed', true],
  [[running, done], '1 more job', false],
  [[running, failed, { ...failed, id: 9 }], '2 more jobs failed', true],
  // The failed job is on the line itself.
  [[failed, done], '1 more job', false],
] as const)('of the other jobs: %#', (jobs, name, isRed) => {
  begin(...jobs)
  expect(screen.getByRole('button', { name }).classList.contains('danger')).toBe(isRed)
})
