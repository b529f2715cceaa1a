import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { inRoot, runToEnd, step } from '../../../electron/setup/shared.mjs'
import TallyReporter from '../../../electron/setup/tally-reporter.mjs'

const evaluate = (code: string): Promise<number> =>
  runToEnd(process.execPath, ['-e', code], { stdio: 'ignore' })

describe('running a program to its end', () => {
  test('returns its exit status', async () => {
    expect(await evaluate('process.exit(0)')).toBe(0)
    expect(await evaluate('process.exit(130)')).toBe(130)
  })

  test.skipIf(process.platform === 'win32')('a signal is 128 and its number', async () => {
    expect(await evaluate("process.kill(process.pid, 'SIGTERM')")).toBe(143)
  })

  test('never hangs if a time limit is given', async () => {
    const options = { stdio: 'ignore', timeoutMs: 100 } as const
    expect(await runToEnd(process.execPath, ['-e', 'setInterval(() => 1, 1000)'], options)).not.toBe(0)
  })

  test('a step that fails or cannot be started gives one sentence', async () => {
    const quiet = { stdio: 'ignore' } as const
    await expect(step('The step', process.execPath, ['-e', 'process.exit(3)'], quiet)).rejects.toThrow(
      'The step failed (exit status 3); its output is above.',
    )
    await expect(step('The step', 'lobule-no-such-program', [], quiet)).rejects.toThrow(
      /could not be started/,
    )
  })

  test.skipIf(process.platform === 'win32')(
    'passes an interrupt on and answers as the program does',
    async () => {
      const shared = pathToFileURL(inRoot('electron', 'setup', 'shared.mjs')).href
      const child =
        "process.on('SIGINT', () => process.exit(130)); setInterval(() => 1, 1000); console.log('up')"
      const parent = `import { runToEnd } from '${shared}'
process.exitCode = await runToEnd(process.execPath, ['-e', ${JSON.stringify(child)}])`
      const running = spawn(process.execPath, ['--input-type=module', '-e', parent], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await new Promise((resolve) => running.stdout.once('data', resolve))
      running.kill('SIGINT')
      expect(await new Promise((resolve) => running.once('exit', resolve))).toBe(130)
    },
  )
})

test('passed, failed and skipped tests are counted; so is a file that cannot be loaded', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'lobule-tally-')), 'tally.json')
  const before = process.env['LOBULE_TALLY']
  process.env['LOBULE_TALLY'] = file
  writeFileSync(file, '')
  const one = (state: string, note?: string): object => ({
    fullName: state,
    result: () => ({ state, note, errors: [{ message: '\u001B[31mwas 1\u001B[39m\nnot 2' }] }),
    diagnostic: () => ({ flaky: note === 'again' }),
  })
  const module = (tests: object[], errors: object[], suites: object[] = []): object => ({
    relativeModuleId: 'a.test.ts',
    errors: () => errors,
    children: { allTests: () => tests, allSuites: () => suites },
  })
  const waited = "Timeout 120000ms exceeded.\nCall log:\n\u001B[2m  - waiting for getByText('x')\u001B[22m\n"
  const stacks = [
    { file: '/lobule/node_modules/kit.js', line: 3 },
    { file: '/lobule/test/a.test.ts', line: 7 },
  ]
  const modules = [
    module(
      [one('passed'), one('passed', 'again'), one('failed'), one('skipped', 'no binary'), one('skipped')],
      [],
    ),
    module([], [{ message: 'cannot be loaded' }]),
    module([], [{ message: waited, stacks }]),
    module(
      [one('skipped', 'hook')],
      [],
      [{ fullName: 'hooks', errors: () => [{ message: 'a hook failed' }] }],
    ),
  ]
  new TallyReporter().onTestRunEnd(modules as never, [{ message: 'unhandled' }] as never)
  if (before === undefined) delete process.env['LOBULE_TALLY']
  else process.env['LOBULE_TALLY'] = before
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    passed: 2,
    failed: 5,
    skipped: [
      { name: 'a.test.ts > skipped', reason: 'no binary' },
      { name: 'a.test.ts > skipped', reason: 'no reason given' },
      { name: 'a.test.ts > skipped', reason: 'hook' },
    ],
    failures: [
      'outside of every test: unhandled',
      'a.test.ts > failed: was 1',
      'a.test.ts: cannot be loaded',
      "a.test.ts: Timeout 120000ms exceeded.; waiting for getByText('x'); line 7",
      'a.test.ts > hooks: a hook failed',
    ],
    flaky: ['a.test.ts > passed: was 1'],
  })
})
