import { screen } from '@testing-library/svelte'
import { describe, expect, test, vi } from 'vitest'
import { strings } from '../../../renderer/words/index.ts'
import LongList from '../../../renderer/ui/LongList.svelte'
import ProgressBar from '../../../renderer/ui/ProgressBar.svelte'
import Toasts from '../../../renderer/ui/Toasts.svelte'
import { show } from '../support/kit.ts'

describe('messages', () => {
  const alerts = [
    { id: 1, tone: 'danger', text: 'The disk is full.', action: null },
    { id: 2, tone: 'success', text: 'Exported.', action: { label: 'Show', run: vi.fn() } },
  ] as const

  test('a failure interrupts, everything else is polite', () => {
    show(Toasts, { alerts, onDismiss: vi.fn() })
    expect(screen.getByRole('alert').textContent).toContain('The disk is full.')
    expect(screen.getByRole('status').textContent).toContain('Exported.')
  })

  test('each is dismissed by itself', async () => {
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

describe('progress', () => {
  test('has its name, its value and words for it', () => {
    show(ProgressBar, { label: 'Training', fraction: 0.255 })
    const bar = screen.getByRole('progressbar', { name: 'Training' })
    expect(Number(bar.getAttribute('aria-valuenow'))).toBeCloseTo(25.5)
    expect(bar.getAttribute('aria-valuemax')).toBe('100')
    expect(bar.getAttribute('aria-valuetext')).toMatch(/^2[56]\s?%$/)
  })

  test('states no value while none is known', () => {
    show(ProgressBar, { label: 'Training', fraction: null })
    const bar = screen.getByRole('progressbar', { name: 'Training' })
    expect(bar.hasAttribute('aria-valuenow')).toBe(false)
  })
})

describe('a long list', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, index) => ({ text: `line ${index}` }))

  test('can be scrolled by keys and has a name', async () => {
    const user = show(LongList, { label: 'Failed files', lines: lines(3) })
    const list = screen.getByRole('list', { name: 'Failed files' })
    await user.tab()
    expect(document.activeElement).toBe(list)
    expect(screen.getAllByRole('listitem')).toHaveLength(3)
  })

  test('counts what it does not show', () => {
    show(LongList, { label: 'Failed files', lines: lines(250) })
    const items = screen.getAllByRole('listitem')
    expect(items).toHaveLength(201)
    expect(items.at(-1)?.textContent).toBe(strings.more(50))
  })
})
