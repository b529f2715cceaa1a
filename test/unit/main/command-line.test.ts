import { EventEmitter } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { commandLineParameters } from '../../../electron/main/command-line-parameters.ts'
import { runPackagedCommand } from '../../../electron/main/command-line.ts'

test.each([
  [
    ['--cli', '--', 'doctor', '--json'],
    ['doctor', '--json'],
  ],
  [['--ozone-platform=headless', '--cli', '--', 'doctor'], ['doctor']],
  [['--cli', 'images'], ['images']],
  [
    ['--cli', '--', '--', 'x'],
    ['--', 'x'],
  ],
  [['--cli'], []],
  [['/data/a.zip', '--cli'], null],
  [['-', '--cli'], null],
  [['--workspace', '/data/w'], null],
  [[], null],
])('%j means the words %j', (parameters, words) => {
  expect(commandLineParameters(parameters)).toEqual(words)
})

class StandInApp extends EventEmitter {
  readonly log: string[] = []
  isPackaged = true
  setPath(name: string, path: string): void {
    this.log.push(`${name} ${path}`)
  }
  disableHardwareAcceleration(): void {
    this.log.push('no graphics')
  }
  whenReady(): Promise<void> {
    this.log.push('ready')
    return Promise.resolve()
  }
}

const homeDirectory = mkdtempSync(join(tmpdir(), 'lobule-home-'))
let written = ''
const run = async (app: StandInApp, words: string[], before: string[] = []): Promise<number> => {
  written = ''
  const collect = ((text: string, done?: () => void) => {
    written += text
    done?.()
    return true
  }) as typeof process.stdout.write
  vi.spyOn(process.stdout, 'write').mockImplementation(collect)
  vi.spyOn(process.stderr, 'write').mockImplementation(collect)
  const parameters = [...before, '--cli', '--', ...words]
  const parts = { app, utilityProcess: {} } as unknown as Parameters<typeof runPackagedCommand>[0]
  return runPackagedCommand(parts, { parameters, words, homeDirectory })
}
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

test('runs the command, keeps its exit code, and has a folder of its own before Electron is ready', async () => {
  const app = new StandInApp()
  expect(await run(app, ['--version'])).toBe(0)
  expect(written).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(app.log).toEqual([`userData ${join(homeDirectory, 'command-line')}`, 'no graphics', 'ready'])
  expect(await run(new StandInApp(), ['no-such-command'])).toBe(2)
  expect(written).toContain("unknown command 'no-such-command'")
})

test('refuses switches that would let another program in, wherever they are', async () => {
  for (const [words, before] of [
    [['doctor', '--inspect=0'], []],
    [['doctor'], ['--remote-debugging-port=1']],
  ] as const) {
    const app = new StandInApp()
    expect(await run(app, [...words], [...before])).toBe(2)
    expect(written).toContain('could let another program look into Lobule')
    expect(app.log).toEqual([])
  }
})

test('a wish to quit is an interrupt of the command', async () => {
  const app = new StandInApp()
  await run(app, ['--version'])
  const interrupted = vi.fn()
  process.once('SIGINT', interrupted)
  const event = { preventDefault: vi.fn() }
  app.emit('before-quit', event)
  expect(event.preventDefault).toHaveBeenCalledOnce()
  expect(interrupted).toHaveBeenCalledOnce()
})
