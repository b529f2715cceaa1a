import { expect, it, vi } from 'vitest'
import { reportUnexpected, visible, visibleJson, visibleLines } from '../../../electron/base/terminal-text.ts'

/** Everything that a terminal obeys, by number, so that no editor hides it here. */
const obeyed = [
  ...Array.from({ length: 0x20 }, (_, i) => i),
  ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i),
  ...[
    0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068,
    0x2069,
  ],
].map((code) => String.fromCharCode(code))
const text = obeyed.map((character) => `a${character}b`).join('')

it('shows what a terminal would obey, and leaves every other text as it is', () => {
  for (const character of obeyed) {
    expect(visible(`a${character}b`)).toMatch(/^a\\(n|r|t|u[0-9a-f]{4})b$/)
  }
  expect(visible('\u001B[2Jgone\r\nnext\t\u202Egnp.exe\u009B')).toBe(
    String.raw`\u001b[2Jgone\r\nnext\t\u202egnp.exe\u009b`,
  )
  const plain = 'Fälle/Müller \\ 组织 🔬 \u{1F469}\u200D\u{1F52C} e\u0301 µm²'
  expect(visible(plain)).toBe(plain)
})

it('keeps the value of JSON, and its line ends', () => {
  const value = { [text]: [text, 'Müller 🔬'] }
  const printed = visibleJson(value)
  expect(JSON.parse(printed)).toEqual(value)
  const lines = printed.split('\n')
  expect(lines.map(visible)).toEqual(lines)
})

it('keeps the lines of a stack', () => {
  expect(visibleLines('one\u001B[31m\n  at two')).toBe(String.raw`one\u001b[31m` + '\n  at two')
  const logged = vi.spyOn(console, 'error').mockReturnValue()
  reportUnexpected('while reading \u001B]0;x\u0007', new Error('of \u202Ename'))
  const said = String(logged.mock.lastCall?.[0])
  expect(said).toContain(String.raw`while reading \u001b]0;x\u0007: Error: of \u202ename`)
  expect(visibleLines(said)).toBe(said)
  logged.mockRestore()
})
