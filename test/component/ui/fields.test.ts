import { screen } from '@testing-library/svelte'
import { createRawSnippet } from 'svelte'
import { describe, expect, test, vi } from 'vitest'
import Choice from '../../../renderer/ui/Choice.svelte'
import Field from '../../../renderer/ui/Field.svelte'
import RadioCards from '../../../renderer/ui/RadioCards.svelte'
import SelectField from '../../../renderer/ui/SelectField.svelte'
import { isChoosing } from '../../../renderer/ui/is-typing.ts'
import { show, text } from '../support/kit.ts'
import { waitFor } from '../../support/waiting.ts'

describe('a field', () => {
  const input = createRawSnippet<
    [{ id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }]
  >((field) => ({
    render: () => {
      const given = field()
      const describedBy = given['aria-describedby'] ?? ''
      return `<input id="${given.id}" aria-describedby="${describedBy}" aria-invalid="${given['aria-invalid']}" />`
    },
  }))
  const noteOf = (element: HTMLElement): string | undefined =>
    document.getElementById(element.getAttribute('aria-describedby') ?? '')?.textContent

  test('names its input and describes it', () => {
    show(Field, { label: 'Name', hint: 'As in the report.', children: input })
    const named = screen.getByLabelText('Name')
    expect(noteOf(named)).toBe('As in the report.')
    expect(named.getAttribute('aria-invalid')).toBe('false')
  })

  test('shows an error in place of the hint and announces it', () => {
    show(Field, { label: 'Name', hint: 'As in the report.', error: 'Enter a name.', children: input })
    const named = screen.getByLabelText('Name')
    expect(named.getAttribute('aria-invalid')).toBe('true')
    expect(noteOf(named)).toBe('Enter a name.')
    expect(screen.getByRole('alert').textContent).toBe('Enter a name.')
    expect(screen.queryByText('As in the report.')).toBeNull()
  })
})

describe('a choice', () => {
  test('is checked by a click anywhere on its text', async () => {
    const onChange = vi.fn()
    const children = text('Uses more disk space.')
    const user = show(Choice, { type: 'checkbox', label: 'Copy files', checked: false, onChange, children })
    const box = screen.getByRole<HTMLInputElement>('checkbox')
    expect(box.checked).toBe(false)
    await user.click(screen.getByText('Uses more disk space.'))
    expect(onChange).toHaveBeenLastCalledWith(true)
    box.focus()
    await user.keyboard(' ')
    expect(onChange).toHaveBeenLastCalledWith(false)
  })
})

describe('radio cards', () => {
  const options = [
    { value: 'quick', label: 'Quick', hint: 'Minutes.' },
    { value: 'full', label: 'Full', hint: 'Hours.' },
  ] as const

  test('are a named group with one checked', () => {
    show(RadioCards, { legend: 'Recipe', value: 'full', options, onChange: vi.fn() })
    expect(screen.getByRole('group', { name: 'Recipe' })).toBeTruthy()
    const radios = screen.getAllByRole<HTMLInputElement>('radio')
    expect(radios.map(({ checked }) => checked)).toEqual([false, true])
    expect(new Set(radios.map(({ name }) => name)).size).toBe(1)
  })

  test('report the chosen one', async () => {
    const onChange = vi.fn()
    const user = show(RadioCards, { legend: 'Recipe', value: 'full', options, onChange })
    await user.click(screen.getByText('Quick'))
    expect(onChange.mock.calls).toEqual([['quick']])
  })
})

describe('a select field', () => {
  const options = [
    { value: 'a', label: 'Benign' },
    { value: 'b', label: 'Malignant', note: 'carcinoma' },
  ]

  test('shows what is chosen, under its name', () => {
    show(SelectField, { label: 'Class', value: 'b', options, onChange: vi.fn() })
    const trigger = screen.getByRole('combobox', { name: 'Class' })
    expect(trigger.textContent.trim()).toBe('Malignant')
    expect(trigger.getAttribute('aria-expanded')).toBe('false')
  })

  test('is opened, navigated and closed with the keyboard', async () => {
    const onChange = vi.fn()
    const user = show(SelectField, { label: 'Class', value: 'a', options, onChange })
    await user.tab()
    await user.keyboard('{Enter}')
    expect(await screen.findAllByRole('option')).toHaveLength(2)
    await user.keyboard('{ArrowDown}{Enter}')
    expect(onChange.mock.calls).toEqual([['b']])
    await waitFor(() => {
      expect(screen.queryByRole('option')).toBeNull()
    })
  })

  test('keys that are pressed while it is open belong to it, and no others', async () => {
    const own: boolean[] = []
    const note = (event: KeyboardEvent): void => void own.push(isChoosing(event))
    window.addEventListener('keydown', note)
    const user = show(SelectField, { label: 'Class', value: 'a', options, onChange: vi.fn() })
    await user.keyboard('1')
    await user.tab()
    await user.keyboard('{Enter}')
    await screen.findAllByRole('option')
    await user.keyboard('1m')
    window.removeEventListener('keydown', note)
    // A key of the page, Tab; then those of the open choice. What opens it is its own in any case, as of all buttons.
    expect([own.slice(0, 2), own.slice(-2)]).toEqual([
      [false, false],
      [true, true],
    ])
  })

  test('Escape chooses nothing', async () => {
    const onChange = vi.fn()
    const user = show(SelectField, { label: 'Class', value: 'a', options, onChange })
    await user.tab()
    await user.keyboard('{Enter}')
    await screen.findAllByRole('option')
    await user.keyboard('{ArrowDown}{Escape}')
    expect(onChange).not.toHaveBeenCalled()
  })
})
