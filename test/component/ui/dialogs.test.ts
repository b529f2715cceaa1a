import { screen } from '@testing-library/svelte'
import type { UserEvent } from '@testing-library/user-event'
import { createRawSnippet } from 'svelte'
import { describe, expect, test, vi } from 'vitest'
import FormDialog from '../../../renderer/ui/FormDialog.svelte'
import Modal from '../../../renderer/ui/Modal.svelte'
import { strings } from '../../../renderer/words/index.ts'
import DialogWithTip from '../support/DialogWithTip.svelte'
import { show, text } from '../support/kit.ts'
import { waitFor } from '../../support/waiting.ts'

const field = createRawSnippet(() => ({
  render: () => '<input class="input" aria-label="Name" value="first" />',
}))

/** Bits UI takes a press as outside by its place, and waits 10 ms for others of the same press. */
async function pressBeside(user: UserEvent, element: HTMLElement): Promise<void> {
  await user.pointer([{ keys: '[MouseLeft]', target: element, coords: { clientX: 900, clientY: 700 } }])
  await new Promise((resolve) => setTimeout(resolve, 30))
}

describe('a dialog', () => {
  test('has its title as name, and a description', async () => {
    show(Modal, {
      title: 'Models',
      description: 'What was trained here.',
      onClose: vi.fn(),
      children: text('None'),
    })
    const dialog = await screen.findByRole('dialog', { name: 'Models' })
    expect(dialog.textContent).toContain('None')
    const describedBy = dialog.getAttribute('aria-describedby') ?? ''
    expect(document.getElementById(describedBy)?.textContent.trim()).toBe('What was trained here.')
  })

  test('opens with the text of its first field selected', async () => {
    const select = vi.spyOn(HTMLInputElement.prototype, 'select')
    show(Modal, { title: 'Rename', onClose: vi.fn(), children: field })
    const input = await screen.findByLabelText('Name')
    await waitFor(() => {
      expect(select.mock.contexts).toEqual([input])
    })
    select.mockRestore()
  })

  test('without a field the dialog itself has the focus, never its close button', async () => {
    show(Modal, { title: 'Models', onClose: vi.fn(), children: text('None') })
    const dialog = await screen.findByRole('dialog')
    await waitFor(() => {
      expect(document.activeElement).toBe(dialog)
    })
  })

  test('Escape and the close button ask to close it', async () => {
    const onClose = vi.fn()
    const user = show(Modal, { title: 'Models', onClose, children: text('None') })
    await screen.findByRole('dialog')
    await user.keyboard('{Escape}')
    expect(onClose).toHaveBeenCalledTimes(1)
  })

  test('Escape closes it at once, although the tip of a button under the pointer is shown', async () => {
    const onClose = vi.fn()
    const user = show(DialogWithTip, { onClose })
    await user.hover(await screen.findByRole('button', { name: 'Train' }))
    expect(await screen.findByText('Asks first')).toBeTruthy()
    await user.keyboard('{Escape}')
    expect(onClose).toHaveBeenCalledTimes(1)
    await waitFor(() => {
      expect(screen.queryByText('Asks first')).toBeNull()
    })
  })

  test('a press beside it closes it, but not one on the messages above it', async () => {
    const onClose = vi.fn()
    const user = show(Modal, { title: 'Models', onClose, children: text('None') })
    await screen.findByRole('dialog')
    const messages = document.createElement('p')
    messages.dataset['messages'] = ''
    const dismissal = messages.appendChild(document.createElement('button'))
    const elsewhere = document.createElement('p')
    for (const element of [messages, elsewhere]) element.style.pointerEvents = 'auto'
    document.body.append(messages, elsewhere)
    await pressBeside(user, dismissal)
    expect(onClose).not.toHaveBeenCalled()
    await pressBeside(user, elsewhere)
    expect(onClose).toHaveBeenCalledTimes(1)
    messages.remove()
    elsewhere.remove()
  })

  test('that must be answered is ended by its own button only, which has the focus', async () => {
    const onClose = vi.fn()
    const footer = createRawSnippet(() => ({ render: () => '<button>Written down</button>' }))
    const user = show(Modal, { title: 'Code', onClose, mustAnswer: true, children: text('K7TM'), footer })
    await screen.findByRole('dialog')
    await waitFor(() => {
      expect(screen.getAllByRole('button')).toEqual([document.activeElement])
    })
    const elsewhere = document.body.appendChild(document.createElement('p'))
    elsewhere.style.pointerEvents = 'auto'
    await pressBeside(user, elsewhere)
    await user.keyboard('{Escape}')
    expect(onClose).not.toHaveBeenCalled()
    elsewhere.remove()
  })

  test('its close button has a name', async () => {
    const onClose = vi.fn()
    const user = show(Modal, { title: 'Models', onClose, children: text('None') })
    await user.click(await screen.findByRole('button', { name: strings.close }))
    expect(onClose).toHaveBeenCalledTimes(1)
  })
})

describe('a dialog with a form', () => {
  const begin = (canSubmit: boolean) => {
    const onSubmit = vi.fn()
    const onClose = vi.fn()
    const props = { title: 'Save', action: 'Save model', canSubmit, onSubmit, onClose, children: field }
    return { user: show(FormDialog, props), onSubmit, onClose }
  }

  test('Enter in a field and the button submit it', async () => {
    const { user, onSubmit, onClose } = begin(true)
    await user.click(await screen.findByLabelText('Name'))
    await user.keyboard('{Enter}')
    expect(onSubmit).toHaveBeenCalledTimes(1)
    await user.click(screen.getByRole('button', { name: 'Save model' }))
    expect(onSubmit).toHaveBeenCalledTimes(2)
    expect(onClose).not.toHaveBeenCalled()
  })

  test('it cannot be submitted while something is missing', async () => {
    const { user, onSubmit } = begin(false)
    await user.click(await screen.findByLabelText('Name'))
    await user.keyboard('{Enter}')
    const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Save model' })
    expect(button.disabled).toBe(true)
    await user.click(button)
    expect(onSubmit).not.toHaveBeenCalled()
  })

  test('Cancel closes it', async () => {
    const { user, onSubmit, onClose } = begin(true)
    await user.click(await screen.findByRole('button', { name: strings.cancel }))
    expect(onClose).toHaveBeenCalledTimes(1)
    expect(onSubmit).not.toHaveBeenCalled()
  })
})
