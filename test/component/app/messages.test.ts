import { screen } from '@testing-library/svelte'
import { describe, expect, test, vi } from 'vitest'
import { strings } from '../../../renderer/words/index.ts'
import Messages from '../../../renderer/app/Messages.svelte'
import type { Problem } from '../../../renderer/state/alerts.svelte.ts'
import { show } from '../support/kit.ts'

describe('the line of messages', () => {
  const run = vi.fn()
  const problems: Problem[] = [
    { id: 1, text: 'The disk is full.', tone: 'danger', action: null, shownMs: 0 },
    {
      id: 2,
      text: 'It is not UTF-8.',
      action: { label: 'It is Windows-1252', run },
      tone: 'danger',
      shownMs: 0,
    },
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
    const user = show(Messages, { alerts: { current: 'problem', problems, dropped: 0, note: null, dismiss } })
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
    const user = show(Messages, { alerts: { current: 'problem', problems, dropped: 0, note: null, dismiss } })
    await user.click(screen.getByRole('button', { name: 'It is Windows-1252' }))
    expect(run).toHaveBeenCalledOnce()
    expect(dismiss.mock.calls).toEqual([[2]])
  })

  test('a note is polite; of an older failure a sign remains, which shows it again', async () => {
    const dismiss = vi.fn()
    const user = show(Messages, { alerts: { current: 'note', problems, dropped: 0, note, dismiss } })
    expect(screen.getByRole('status').textContent).toContain('Exported.')
    expect(screen.queryByRole('alert')).toBeNull()
    await user.click(screen.getByRole('button', { name: '2 failures' }))
    expect(dismiss.mock.calls).toEqual([[3]])
  })
  test('a warning is polite and has a close button, and says how many messages are behind it', async () => {
    const dismiss = vi.fn()
    const warning: Problem = { id: 3, tone: 'warning', text: 'Not all.', action: null, shownMs: 0 }
    const alerts = { current: 'problem', problems: [...problems, warning], dropped: 2, note: null } as const
    const user = show(Messages, { alerts: { ...alerts, dismiss } })
    expect(screen.queryByRole('alert')).toBeNull()
    const status = screen.getByRole('status')
    expect(status.textContent).toContain('Not all.')
    expect(status.textContent).toContain('2 failures, 1 warning, 2 older no longer kept')
    await user.click(screen.getByRole('button', { name: strings.dismiss }))
    expect(dismiss.mock.calls).toEqual([[3]])
  })

  test('the place of polite messages is there before the first one', () => {
    show(Messages, { alerts: { current: null, problems: [], dropped: 0, note: null, dismiss: vi.fn() } })
    expect(screen.getByRole('status').textContent).toBe('')
  })
})
