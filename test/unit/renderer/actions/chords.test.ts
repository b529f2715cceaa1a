import { expect, it } from 'vitest'
import { isChord, isClassKey, isTaken, showChord } from '../../../../renderer/actions/chords.ts'

const none = { code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }
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

it('gives the same for Ctrl+Z and its kin with Caps Lock, Shift and on a Mac', () => {
  const chordsOf = (key: string, held: Partial<typeof none>): string[] =>
    ['U', 'Shift+U', 'Ctrl+Z', 'Ctrl+Shift+Z', 'Ctrl+Y'].filter((chord) => isChord(press(key, held), chord))
  const [ctrl, meta, shift] = [{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }]
  // Caps Lock makes the letter upper case, with Shift lower case; on a Mac, Cmd leaves it lower case.
  for (const key of ['z', 'Z']) {
    expect(chordsOf(key, ctrl)).toEqual(['Ctrl+Z'])
    expect(chordsOf(key, meta)).toEqual(['Ctrl+Z'])
    expect(chordsOf(key, { ...ctrl, ...shift })).toEqual(['Ctrl+Shift+Z'])
    expect(chordsOf(key, { ...meta, ...shift })).toEqual(['Ctrl+Shift+Z'])
    expect(chordsOf(key, {})).toEqual([])
  }
  for (const key of ['u', 'U']) {
    expect(chordsOf(key, {})).toEqual(['U'])
    expect(chordsOf(key, shift)).toEqual(['Shift+U'])
    expect(chordsOf(key, { altKey: true })).toEqual([])
  }
  expect(chordsOf('Y', ctrl)).toEqual(['Ctrl+Y'])
})

it('finds letters by their place on a keyboard without Latin ones, and nowhere else', () => {
  expect(isChord(press('я', { code: 'KeyZ', ctrlKey: true }), 'Ctrl+Z')).toBe(true)
  // A French keyboard has W at the place of Z.
  expect(isChord(press('w', { code: 'KeyZ', ctrlKey: true }), 'Ctrl+Z')).toBe(false)
  expect(isChord(press('ż', { code: 'KeyZ' }), 'Z')).toBe(false)
  expect(isClassKey(press('и', { code: 'KeyB' }), 'b')).toBe(true)
  expect(isClassKey(press('и', { code: 'KeyB' }), 'и')).toBe(true)
})

it('takes the key of a class in either case, but with Shift only if the scheme has it in upper case', () => {
  for (const key of ['b', 'B']) {
    expect(isClassKey(press(key), 'b')).toBe(true)
    expect(isClassKey(press(key), 'B')).toBe(true)
    expect(isClassKey(press(key, { shiftKey: true }), 'b')).toBe(false)
    expect(isClassKey(press(key, { shiftKey: true }), 'B')).toBe(true)
  }
  expect(isClassKey(press('1', { shiftKey: true }), '1')).toBe(true)
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
