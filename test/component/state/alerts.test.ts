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
    [...alerts.failures, ...(alerts.note === null ? [] : [alerts.note])].map(({ text }) => text)
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
  expect(alerts.current).toBe('failure')
  alerts.remark('Labelled.', 'undo')
  expect(alerts.current).toBe('note')
  alerts.fail(new AppError('job.not-found', { job: '8' }))
  expect(alerts.current).toBe('failure')
  alerts.show('warning', 'Drop files.')
  expect(alerts.note).toMatchObject({ text: 'Drop files.', tone: 'warning', offers: null })
  await vi.advanceTimersByTimeAsync(12_000)
  expect(alerts.note).toBeNull()
  expect(alerts.current).toBe('failure')
  for (const { id } of alerts.failures) alerts.dismiss(id)
  expect(alerts.current).toBeNull()
})

it('names the same failure once, and keeps the last four', () => {
  const alerts = new Alerts()
  for (const job of [1, 2, 3, 4, 5, 3]) alerts.fail(new AppError('job.not-found', { job: String(job) }))
  expect(alerts.failures.map(({ text }) => /\d/.exec(text)?.[0])).toEqual(['2', '4', '5', '3'])
})

it('names no text of a library: an unexpected error has its reference', () => {
  const alerts = new Alerts()
  const log = vi.spyOn(console, 'error').mockReturnValue()
  alerts.fail(new Error('ENOENT: scandir'))
  alerts.fail(new AppError('internal.unexpected', { reference: '1a2b3c4d', message: 'SQLITE_IOERR' }))
  log.mockRestore()
  const texts = alerts.failures.map(({ text }) => text)
  expect(texts.join()).not.toMatch(/ENOENT|SQLITE/)
  expect(texts).toEqual([
    'Lobule did not expect this failure. Try again. If it comes back, report it.',
    'Lobule did not expect this failure. Try again. If it comes back, report it with the reference 1a2b3c4d; the output of Lobule has its details.',
  ])
})
