import { screen } from '@testing-library/svelte'
import { describe, expect, test, vi } from 'vitest'
import { strings } from '../../../renderer/words/index.ts'
import Toasts from '../../../renderer/app/Toasts.svelte'
import { show } from '../support/kit.ts'

describe('messages', () => {
  const alerts = [
    { id: 1, tone: 'danger', text: 'The disk is full.', action: null, shownAt: 0 },
    { id: 2, tone: 'success', text: 'Exported.', action: { label: 'Show', run: vi.fn() }, shownAt: 0 },
  ] as const

  test('a failure interrupts, everything else is polite', () => {
    show(Toasts, { alerts, onDismiss: vi.fn() })
    expect(screen.getByRole('alert').textContent).toContain('The disk is full.')
    expect(screen.getByRole('status').textContent).toContain('Exported.')
  })

  test('each is dismissed separately', async () => {
    const onDismiss = vi.fn()
    const user = show(Toasts, { alerts, onDismiss })
    const [first] = screen.getAllByRole('button', { name: strings.dismiss })
    if (first !== undefined) await user.click(first)
    expect(onDismiss.mock.calls).toEqual([[1]])
  })

  test('its action runs and dismisses it', async () => {
    const onDismiss = vi.fn()
    const user = show(Toasts, { alerts, onDismiss })
    await user.click(screen.getByRole('button', { name: 'Show' }))
    expect(alerts[1].action.run).toHaveBeenCalledOnce()
    expect(onDismiss.mock.calls).toEqual([[2]])
  })
})
