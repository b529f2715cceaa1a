import { afterEach, beforeEach, expect, it, vi, type MockInstance } from 'vitest'
import { AppError } from '../../../electron/contract/index.ts'
import { ProgressLine } from '../../../electron/cli/progress-line.ts'
import { print, printError, printTable, reportFailure } from '../../../electron/cli/run.ts'

const hostile = 'x\u001B[2J\r\ny\u009B1m\u202Ez'
const shown = String.raw`x\u001b[2J\r\ny\u009b1m\u202ez`

let out: MockInstance<typeof process.stdout.write>
let err: MockInstance<typeof process.stderr.write>
beforeEach(() => {
  out = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  err = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})
const written = (stream: MockInstance<typeof process.stdout.write>): string =>
  stream.mock.calls.map(([text]) => String(text)).join('')

it('prints names in lines and tables so that a terminal does not obey them', () => {
  print(`Case ${hostile}`, '', 'end')
  printTable([
    ['case', 'label'],
    [hostile, 'a'],
  ])
  expect(written(out).split('\n')).toEqual([
    `Case ${shown}`,
    '',
    'end',
    `${'case'.padEnd(shown.length)}  label`,
    `${shown}  a`,
    '',
  ])
})

it('prints failures and progress in the same way', () => {
  printError(hostile)
  reportFailure(new AppError('path.not-found', { path: `/${hostile}` }), {})
  reportFailure(new TypeError(hostile), {})
  const line = new ProgressLine()
  const progress = { stage: hostile, done: 1, total: 2, unit: 'files', fraction: 0.5, etaMs: null }
  line.show({ state: 'running', progress } as unknown as Parameters<ProgressLine['show']>[0])
  const lines = written(err).split('\n')
  expect(lines[0]).toBe(shown)
  expect(lines[1]).toContain(`/${shown} does not exist`)
  expect(lines.find((text) => text.startsWith('TypeError'))).toContain(String.raw`x\u001b[2J\r`)
  expect(lines.at(-2)).toBe(`${shown}: 1 of 2 files, 50 %`)
  // eslint-disable-next-line no-control-regex -- these are what must not be there
  expect(lines.join('')).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202E]/)
})

it('prints JSON with the same values', () => {
  reportFailure(new AppError('path.not-found', { path: hostile }), { json: true })
  const text = written(out)
  expect(JSON.parse(text)).toMatchObject({ error: { details: { path: hostile } } })
  expect(text).not.toMatch(/[\u009B\u202E]/)
})
