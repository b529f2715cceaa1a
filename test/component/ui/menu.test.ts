import { screen } from '@testing-library/svelte'
import { expect, test, vi } from 'vitest'
import type { MenuGroup } from '../../../renderer/ui/menu.ts'
import MenuWithButton from '../support/MenuWithButton.svelte'
import { show } from '../support/kit.ts'
import { waitFor } from '../../support/waiting.ts'

const open = async (groups: readonly MenuGroup[]) => {
  const user = show(MenuWithButton, { groups })
  await user.tab()
  await user.keyboard('{Enter}')
  await screen.findByRole('menu')
  return user
}

test('opens with the keyboard, and its items run and close it', async () => {
  const first = vi.fn()
  const second = vi.fn()
  const user = await open([
    { items: [{ label: 'Rename', run: first }] },
    { heading: 'More', items: [{ label: 'Delete', note: 'for ever', run: second }] },
  ])
  expect(screen.getAllByRole('menuitem')).toHaveLength(2)
  await user.keyboard('{ArrowDown}{Enter}')
  await waitFor(() => {
    expect(first.mock.calls.length + second.mock.calls.length).toBe(1)
  })
  await waitFor(() => {
    expect(screen.queryByRole('menu')).toBeNull()
  })
})

test('Escape closes it, runs nothing and restores the focus', async () => {
  const run = vi.fn()
  const user = await open([{ items: [{ label: 'Rename', run }] }])
  await user.keyboard('{Escape}')
  await waitFor(() => {
    expect(screen.queryByRole('menu')).toBeNull()
  })
  expect(run).not.toHaveBeenCalled()
  await waitFor(() => {
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Columns' }))
  })
})

test('several settings can be checked while it stays open', async () => {
  const size = vi.fn()
  const score = vi.fn()
  const user = await open([
    {
      items: [
        { label: 'Size', isChosen: true, run: size },
        { label: 'Score', isChosen: false, run: score },
      ],
    },
  ])
  const boxes = screen.getAllByRole('menuitemcheckbox')
  expect(boxes.map((box) => box.getAttribute('aria-checked'))).toEqual(['true', 'false'])
  for (const box of boxes) await user.click(box)
  expect(size).toHaveBeenCalledOnce()
  expect(score).toHaveBeenCalledOnce()
  expect(screen.getByRole('menu')).toBeTruthy()
})

test('one item of a group is checked', async () => {
  const dark = vi.fn()
  const user = await open([
    {
      isChoice: true,
      items: [
        { label: 'Light', isChosen: true, run: vi.fn() },
        { label: 'Dark', isChosen: false, run: dark },
      ],
    },
  ])
  const radios = screen.getAllByRole('menuitemradio')
  expect(radios.map((radio) => radio.getAttribute('aria-checked'))).toEqual(['true', 'false'])
  await user.click(screen.getByText('Dark'))
  await waitFor(() => {
    expect(dark).toHaveBeenCalledOnce()
  })
})
