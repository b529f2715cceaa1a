import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { AppError } from '../../../electron/contract/index.ts'
import { Alerts } from '../../../renderer/state/alerts.svelte.ts'
import { Navigation } from '../../../renderer/state/navigation.svelte.ts'

beforeEach(() => {
  vi.useFakeTimers()
  location.hash = '#/'
})
afterEach(() => vi.useRealTimers())

it('keeps a failure until the user, who has had time to read it, goes to another screen', async () => {
  const alerts = new Alerts()
  const navigation = new Navigation(() => alerts.leaveScreen())
  const texts = (): string[] =>
    [...alerts.problems, ...(alerts.note === null ? [] : [alerts.note])].map(({ text }) => text)
  /** The browser tells of a new address later. */
  const leave = async (screen: 'models' | 'worklist'): Promise<void> => {
    navigation.showScreen(screen)
    window.dispatchEvent(new HashChangeEvent('hashchange'))
    await vi.advanceTimersByTimeAsync(0)
  }
  alerts.fail(new AppError('job.not-found', { job: '7' }))
  alerts.show('success', 'Exported.')
  await leave('models')
  expect(texts()).toEqual([expect.stringContaining('7'), 'Exported.'])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(texts()).toEqual([expect.stringContaining('7')])
  alerts.fail(new AppError('job.not-found', { job: '8' }))
  await leave('worklist')
  // The new one has just appeared.
  expect(texts()).toEqual([expect.stringContaining('8')])
})

it('has one line: the newest message, and a failure again once what covers it is gone', async () => {
  const alerts = new Alerts()
  expect(alerts.current).toBeNull()
  alerts.fail(new AppError('job.not-found', { job: '7' }))
  expect(alerts.current).toBe('problem')
  alerts.remark('Labelled.', 'undo')
  expect(alerts.current).toBe('note')
  alerts.fail(new AppError('job.not-found', { job: '8' }))
  expect(alerts.current).toBe('problem')
  alerts.show('success', 'Exported.')
  expect(alerts.note).toMatchObject({ text: 'Exported.', tone: 'success', offers: null })
  await vi.advanceTimersByTimeAsync(12_000)
  expect(alerts.note).toBeNull()
  expect(alerts.current).toBe('problem')
  for (const { id } of alerts.problems) alerts.dismiss(id)
  expect(alerts.current).toBeNull()
})

it('a warning that a note covers stays until it was on the line long enough', async () => {
  const alerts = new Alerts()
  const texts = (): string[] => alerts.problems.map(({ text }) => text)
  alerts.show('warning', 'Another reader was chosen.')
  await vi.advanceTimersByTimeAsync(5000)
  for (let label = 0; label < 10; label++) {
    alerts.remark('1 image labelled Benign.')
    await vi.advanceTimersByTimeAsync(3000)
  }
  expect(texts()).toEqual(['Another reader was chosen.'])
  // The last note ends 9 s later; of the 12 s of the warning, 7 s are left.
  await vi.advanceTimersByTimeAsync(9000)
  expect(alerts.current).toBe('problem')
  await vi.advanceTimersByTimeAsync(6999)
  expect(texts()).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(alerts.current).toBeNull()

  alerts.show('warning', 'Drop files.')
  alerts.dismiss(alerts.problems[0]?.id ?? 0)
  expect(alerts.current).toBeNull()
})

it('on leaving a screen, a covered failure and a warning stay: there was no time to read them', async () => {
  const alerts = new Alerts()
  const texts = (): string[] => alerts.problems.map(({ text }) => text)
  alerts.show('danger', 'The disk is full.')
  await vi.advanceTimersByTimeAsync(1000)
  alerts.show('warning', 'Not all.')
  alerts.show('danger', 'It is not UTF-8.')
  await vi.advanceTimersByTimeAsync(60_000)
  alerts.leaveScreen()
  expect(texts()).toEqual(['The disk is full.', 'Not all.'])
  await vi.advanceTimersByTimeAsync(12_000)
  expect(texts()).toEqual(['The disk is full.'])
  // On the line for 1 s before, and for 6 s now.
  await vi.advanceTimersByTimeAsync(6000)
  alerts.leaveScreen()
  expect(texts()).toEqual(['The disk is full.'])
  await vi.advanceTimersByTimeAsync(1)
  alerts.leaveScreen()
  expect(texts()).toEqual([])
})

it('names the same failure once, keeps the last four, and counts the others until all are gone', () => {
  const alerts = new Alerts()
  for (const job of [1, 2, 3, 4, 5, 3]) alerts.fail(new AppError('job.not-found', { job: String(job) }))
  expect(alerts.problems.map(({ text }) => /\d/.exec(text)?.[0])).toEqual(['2', '4', '5', '3'])
  expect(alerts.dropped).toBe(1)
  for (const { id } of alerts.problems.slice(1)) alerts.dismiss(id)
  expect(alerts.dropped).toBe(1)
  alerts.clear()
  expect(alerts.dropped).toBe(0)
})

it('names no text of a library: an unexpected error has its reference', () => {
  const alerts = new Alerts()
  const log = vi.spyOn(console, 'error').mockReturnValue()
  alerts.fail(new Error('ENOENT: scandir'))
  alerts.fail(new AppError('internal.unexpected', { reference: '1a2b3c4d', message: 'SQLITE_IOERR' }))
  log.mockRestore()
  const texts = alerts.problems.map(({ text }) => text)
  expect(texts.join()).not.toMatch(/ENOENT|SQLITE/)
  expect(texts).toEqual([
    'Lobule did not expect this failure. Try again. If it comes back, report it.',
    'Lobule did not expect this failure. Try again. If it comes back, report it with the reference 1a2b3c4d; the output of Lobule has its details.',
  ])
})
