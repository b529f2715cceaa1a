import { screen } from '@testing-library/svelte'
import { describe, expect, test, vi } from 'vitest'
import { strings } from '../../../renderer/words/index.ts'
import Messages from '../../../renderer/app/Messages.svelte'
import { show } from '../support/kit.ts'

describe('the line of messages', () => {
  const run = vi.fn()
  const failures = [
    { id: 1, text: 'The disk is full.', action: null, shownAt: 0 },
    { id: 2, text: 'It is not UTF-8.', action: { label: 'It is Windows-1252', run }, shownAt: 0 },
  ]
  const note = {
    id: 3,
    tone: 'success',
    text: 'Exported.',
    action: { label: 'Show', run },
    offers: null,
  } as const

  test('shows the newest failure, which interrupts, with the number of all; it can be read whole', async () => {
    const dismiss = vi.fn()
    const user = show(Messages, { alerts: { current: 'failure', failures, note: null, dismiss } })
    expect(screen.getByRole('alert').textContent).toContain('It is not UTF-8.')
    expect(screen.getByRole('alert').textContent).toContain('2 failures')
    expect(screen.queryByText('The disk is full.')).toBeNull()
    const text = screen.getByRole('button', { name: 'It is not UTF-8.' })
    expect(text.getAttribute('aria-expanded')).toBe('false')
    await user.click(text)
    expect(text.getAttribute('aria-expanded')).toBe('true')
    await user.click(screen.getByRole('button', { name: strings.dismiss }))
    expect(dismiss.mock.calls).toEqual([[2]])
  })

  test('its action runs and dismisses it', async () => {
    const dismiss = vi.fn()
    const user = show(Messages, { alerts: { current: 'failure', failures, note: null, dismiss } })
    await user.click(screen.getByRole('button', { name: 'It is Windows-1252' }))
    expect(run).toHaveBeenCalledOnce()
    expect(dismiss.mock.calls).toEqual([[2]])
  })

  test('a note is polite; of an older failure a sign remains, which shows it again', async () => {
    const dismiss = vi.fn()
    const user = show(Messages, { alerts: { current: 'note', failures, note, dismiss } })
    expect(screen.getByRole('status').textContent).toContain('Exported.')
    expect(screen.queryByRole('alert')).toBeNull()
    await user.click(screen.getByRole('button', { name: '2 failures' }))
    expect(dismiss.mock.calls).toEqual([[3]])
  })
})
