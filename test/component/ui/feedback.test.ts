import { screen } from '@testing-library/svelte'
import { describe, expect, test } from 'vitest'
import { strings } from '../../../renderer/words/index.ts'
import LongList from '../../../renderer/ui/LongList.svelte'
import ProgressBar from '../../../renderer/ui/ProgressBar.svelte'
import { show } from '../support/kit.ts'

describe('progress', () => {
  test('has a name, a value and a description', () => {
    show(ProgressBar, { label: 'Training', fraction: 0.255 })
    const bar = screen.getByRole('progressbar', { name: 'Training' })
    expect(Number(bar.getAttribute('aria-valuenow'))).toBeCloseTo(25.5)
    expect(bar.getAttribute('aria-valuemax')).toBe('100')
    expect(bar.getAttribute('aria-valuetext')).toMatch(/^2[56]\s?%$/)
  })

  test('has no value while it is unknown', () => {
    show(ProgressBar, { label: 'Training', fraction: null })
    const bar = screen.getByRole('progressbar', { name: 'Training' })
    expect(bar.hasAttribute('aria-valuenow')).toBe(false)
  })
})

describe('a long list', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, index) => ({ text: `line ${index}` }))

  test('can be scrolled with the keyboard and has a name', async () => {
    const user = show(LongList, { label: 'Failed files', lines: lines(3) })
    const list = screen.getByRole('list', { name: 'Failed files' })
    await user.tab()
    expect(document.activeElement).toBe(list)
    expect(screen.getAllByRole('listitem')).toHaveLength(3)
  })

  test('shows the number of hidden entries', () => {
    show(LongList, { label: 'Failed files', lines: lines(250) })
    const items = screen.getAllByRole('listitem')
    expect(items).toHaveLength(201)
    expect(items.at(-1)?.textContent).toBe(strings.more(50))
  })
})
