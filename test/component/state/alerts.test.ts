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
  const texts = (): string[] => alerts.items.map(({ text }) => text)
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
