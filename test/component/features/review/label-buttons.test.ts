import { cleanup, screen } from '@testing-library/svelte'
import { afterEach, expect, test, vi } from 'vitest'
import LabelButtons from '../../../../renderer/features/review/LabelButtons.svelte'
import { show } from '../../support/kit.ts'

afterEach(cleanup)

const shown = (suggested: string[]): void =>
  void show(LabelButtons, {
    classes: [],
    own: null,
    suggested,
    keys: { accept: 'A', unsure: 'S', note: 'N' },
    hasClassKeys: true,
    isSaving: false,
    onLabel: vi.fn(),
    onUnsure: vi.fn(),
    onAccept: vi.fn(),
    onNote: vi.fn(),
  })
const accept = (): HTMLElement | null => screen.queryByRole('button', { name: /^Accept/ })

test('a suggested class can be accepted', () => {
  shown(['Benign'])
  expect(accept()?.textContent).toContain('Accept Benign')
})

test('an undecided suggestion cannot: it says so', () => {
  shown(['Benign', 'Malignant'])
  expect(accept()).toBeNull()
  expect(screen.getByText('The suggestion is undecided: choose a class yourself.')).toBeTruthy()
})

test('without a suggestion there is nothing to accept', () => {
  shown([])
  expect(accept()).toBeNull()
  expect(screen.queryByText(/undecided/)).toBeNull()
})
