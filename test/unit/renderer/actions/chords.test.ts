import { expect, it } from 'vitest'
import { isChord, isClassKey, isTaken, showChord } from '../../../../renderer/actions/chords.ts'

const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }
const press = (key: string, held: Partial<typeof none> = {}) => ({ ...none, key, ...held })

it('matches a key with exactly its modifiers; Ctrl is Cmd too', () => {
  expect(isChord(press('f'), 'F')).toBe(true)
  expect(isChord(press('F', { shiftKey: true }), 'F')).toBe(false)
  expect(isChord(press('H', { shiftKey: true }), 'Shift+H')).toBe(true)
  expect(isChord(press('h'), 'Shift+H')).toBe(false)
  expect(isChord(press('a', { ctrlKey: true }), 'Ctrl+A')).toBe(true)
  expect(isChord(press('a', { metaKey: true }), 'Ctrl+A')).toBe(true)
  expect(isChord(press('a', { altKey: true }), 'A')).toBe(false)
  expect(isChord(press('ArrowUp', { shiftKey: true }), 'ArrowUp')).toBe(false)
  expect(isChord(press('ArrowUp', { shiftKey: true }), 'ArrowUp', true)).toBe(true)
  expect(isChord(press('Home', { ctrlKey: true }), 'Home', true)).toBe(true)
})

it('Caps Lock makes no difference, nor does the Shift that a symbol needs', () => {
  expect(isChord(press('F'), 'F')).toBe(true)
  expect(isChord(press('+', { shiftKey: true }), '+')).toBe(true)
  expect(isChord(press('?', { shiftKey: true }), '?')).toBe(true)
  expect(isChord(press('/', { shiftKey: true }), '/')).toBe(true)
  expect(isChord(press('+', { ctrlKey: true }), '+')).toBe(false)
})

it('uses the key of a class exactly as defined', () => {
  expect(isClassKey(press('B', { shiftKey: true }), 'B')).toBe(true)
  expect(isClassKey(press('b'), 'B')).toBe(false)
  expect(isClassKey(press('1', { ctrlKey: true }), '1')).toBe(false)
  expect(isTaken('A', ['1', 'a'])).toBe(true)
  expect(isTaken('Ctrl+A', ['1', 'a'])).toBe(false)
})

it('shows keys as they are written on a keyboard', () => {
  expect(['Shift+ArrowUp', 'Ctrl+A', ' ', 'Delete', '+', '/', 'PageDown', 'Escape'].map(showChord)).toEqual([
    'Shift+↑',
    'Ctrl+A',
    'Space',
    'Del',
    '+',
    '/',
    'PgDn',
    'Esc',
  ])
})
