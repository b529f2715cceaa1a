import { cleanup, screen } from '@testing-library/svelte'
import { expect, test, vi } from 'vitest'
import Button from '../../../renderer/ui/Button.svelte'
import InOffers from '../support/InOffers.svelte'
import { show, text } from '../support/kit.ts'
import { waitFor } from '../../support/waiting.ts'

test('a button works with mouse and keyboard', async () => {
  const onclick = vi.fn()
  const user = show(Button, { onclick, children: text('Train') })
  const button = screen.getByRole('button', { name: 'Train' })
  await user.click(button)
  expect(document.activeElement).toBe(button)
  await user.keyboard('{Enter}')
  await user.keyboard(' ')
  expect(onclick).toHaveBeenCalledTimes(3)
})

test('submits a form only if its type says so', () => {
  show(Button, { children: text('Train') })
  expect(screen.getByRole<HTMLButtonElement>('button').type).toBe('button')
})

test('a disabled button does nothing and gets no focus', async () => {
  const onclick = vi.fn()
  const user = show(Button, { onclick, disabled: true, children: text('Train') })
  await user.click(screen.getByRole('button'))
  await user.tab()
  expect(onclick).not.toHaveBeenCalled()
  expect(document.activeElement).not.toBe(screen.getByRole('button'))
})

test('a button without text has a name, and shows it as a tooltip', async () => {
  const user = show(Button, { icon: 'close', label: 'Close', keys: 'Escape' })
  const button = screen.getByRole('button', { name: 'Close' })
  expect(button.getAttribute('aria-keyshortcuts')).toBe('Escape')
  expect(screen.queryByText('Close')).toBeNull()
  await user.tab()
  expect(document.activeElement).toBe(button)
  expect(await screen.findByText('Close')).toBeTruthy()
})

test('Escape closes a tooltip', async () => {
  const user = show(Button, { tip: 'Asks first', children: text('Train') })
  await user.hover(screen.getByRole('button', { name: 'Train' }))
  expect(await screen.findByText('Asks first')).toBeTruthy()
  await user.keyboard('{Escape}')
  await waitFor(() => {
    expect(screen.queryByText('Asks first')).toBeNull()
  })
})

test('any other key closes it too, since the key acts elsewhere than under the pointer', async () => {
  const user = show(Button, { tip: 'Asks first', children: text('Train') })
  await user.hover(screen.getByRole('button', { name: 'Train' }))
  expect(await screen.findByText('Asks first')).toBeTruthy()
  await user.keyboard('j')
  await waitFor(() => {
    expect(screen.queryByText('Asks first')).toBeNull()
  })
})

test('no tooltip opens on what a view has covered, although the pointer still rests there', async () => {
  const user = show(Button, { tip: 'Asks first', children: text('Train') })
  const button = screen.getByRole('button', { name: 'Train' })
  document.body.toggleAttribute('inert', true)
  try {
    await user.hover(button)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(screen.queryByText('Asks first')).toBeNull()
  } finally {
    document.body.toggleAttribute('inert', false)
  }
})

test('is left out where its call is not offered', () => {
  show(Button, { call: 'model.train', children: text('Train') })
  expect(screen.getByRole('button', { name: 'Train' })).toBeTruthy()
  cleanup()
  show(InOffers, { offered: ['image.import'], call: 'model.train' })
  expect(screen.queryByRole('button')).toBeNull()
  cleanup()
  show(InOffers, { offered: ['image.import'], call: 'image.import' })
  expect(screen.getByRole('button')).toBeTruthy()
})
