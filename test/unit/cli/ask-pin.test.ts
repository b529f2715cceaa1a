import { PassThrough } from 'node:stream'
import { afterEach, expect, it, vi } from 'vitest'
import { askPin } from '../../../electron/cli/ask-pin.ts'

const { stdin } = process
/** Keys that are typed at a terminal. */
function terminal(keys: string): void {
  const input = Object.assign(new PassThrough(), { isTTY: true })
  Object.defineProperty(process, 'stdin', { value: input, configurable: true })
  setImmediate(() => input.write(keys))
}
afterEach(() => {
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true })
  vi.restoreAllMocks()
})

it('reads a PIN that is typed, and shows nothing of it', async () => {
  const shown = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  terminal('a long walk\r')
  expect(await askPin('LOBULE_NEW_PIN', 'PIN: ')).toBe('a long walk')
  expect(shown.mock.calls.map(([text]) => text)).toEqual(['PIN: ', '\n'])
})

it.each([
  ['Ctrl+C', '\u0003'],
  ['Ctrl+D', '\u0004'],
])('is cancelled by %s', async (_name, key) => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  terminal(key)
  await expect(askPin('LOBULE_NEW_PIN', 'PIN: ')).rejects.toMatchObject({ code: 'job.cancelled' })
})
