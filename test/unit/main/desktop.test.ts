import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { researchUseSentence } from '../../../electron/contract/index.ts'
import { noPolicy } from '../../../electron/session/policy.ts'
import { startDesktop, workspaceParameter } from '../../../electron/main/desktop.ts'
import { fakePage } from '../../contract/running-server.ts'
import { StandInElectron, StandInWindow } from './stand-in-electron.ts'
import { waitUntil } from '../../support/waiting.ts'

let electron: StandInElectron

function start(parameters: string[] = []): void {
  startDesktop(electron.parts, {
    homeDirectory: mkdtempSync(join(tmpdir(), 'lobule-home-')),
    rendererDirectory: fakePage(),
    preload: '/built/preload/bridge.cjs',
    policy: noPolicy,
    computeScript: '/built/main/compute.js',
    parameters,
    platform: 'linux',
    icon: null,
  })
}

const opened = (): Promise<void> => waitUntil(() => electron.windows[0]?.address).then(() => undefined)

const call = (name: string, input: unknown, url = 'app://lobule/'): Promise<unknown> | undefined =>
  electron.handlers.get('lobule:call')?.({ senderFrame: { url, parent: null } }, name, input)

beforeEach(() => {
  electron = new StandInElectron()
})
afterEach(async () => {
  if (electron.windows.length === 0) return
  electron.app.quit()
  await waitUntil(() => electron.log.includes('quit'))
})

describe('the start', () => {
  test('schemes and sandbox come before Electron is ready, the window after', async () => {
    start()
    await opened()
    expect(electron.log.slice(0, 4)).toEqual(['schemes app slide', 'sandbox', 'path userData', 'ready'])
    expect(electron.log).toContain(`about ${researchUseSentence}`)
    expect(electron.window.address).toBe('app://lobule/')
    expect(electron.window.options.webPreferences?.preload).toBe('/built/preload/bridge.cjs')
    expect(electron.window.isShown).toBe(false)
    electron.window.emit('ready-to-show')
    expect(electron.window.isShown).toBe(true)
  })

  test('a second instance ends; the first one comes to the front', async () => {
    electron.app.hasLock = false
    start()
    expect(electron.log).not.toContain('ready')
    expect(electron.log).toContain('quit')
    electron = new StandInElectron()
    start()
    await opened()
    electron.app.emit('second-instance', {}, [], '')
    expect(electron.window.focused).toBe(1)
  })

  test('a file that the system opens is in the address of the page, later ones too', async () => {
    start(['--workspace', '/data/w.zip', '/data/a b.lobule-model'])
    await opened()
    expect(electron.window.address).toBe('app://lobule/#/open/package?%2Fdata%2Fa%20b.lobule-model')
    await waitUntil(() => {
      electron.app.emit('second-instance', {}, ['/opt/lobule', 'c.tar'], '/data')
      return electron.window.address.endsWith(`open/backup?${encodeURIComponent(resolve('/data/c.tar'))}`)
    })
    const event = { preventDefault: vi.fn() }
    electron.app.emit('open-file', event, '/data/d.zip')
    expect(electron.window.address).toBe('app://lobule/#/open/package?%2Fdata%2Fd.zip')
    expect(event.preventDefault).toHaveBeenCalledOnce()
  })

  test('a file that the system opens while the page is loading is not lost', async () => {
    const load = vi.spyOn(StandInWindow.prototype, 'loadURL').mockImplementationOnce(() => {
      electron.app.emit('open-file', { preventDefault: vi.fn() }, '/data/e.zip')
      return Promise.resolve()
    })
    start()
    await opened()
    expect(load.mock.calls).toEqual([['app://lobule/'], ['app://lobule/#/open/package?%2Fdata%2Fe.zip']])
    load.mockRestore()
  })

  test('the packaged program does not start with a debugging port or developer tools', async () => {
    for (const parameter of ['--remote-debugging-port=9222', '--devtools']) {
      electron = new StandInElectron()
      electron.app.isPackaged = true
      start([parameter])
      expect(electron.app.exitCode).toBe(2)
      expect(electron.errors[0]).toContain(`The parameter ${parameter} could let another program`)
      expect(electron.log).not.toContain('ready')
      expect(electron.windows).toEqual([])
    }
    electron = new StandInElectron()
    electron.app.isPackaged = true
    start()
    await opened()
    expect(electron.window.options.webPreferences?.devTools).toBe(false)
  })

  test('during development both are allowed', async () => {
    electron.app.isPackaged = false
    start(['--remote-debugging-port=9222'])
    await opened()
    expect(electron.window.options.webPreferences?.devTools).toBe(true)
  })

  test('a failed start is reported and ends with 1', async () => {
    electron.app.getVersion = () => {
      throw new Error('broken')
    }
    start()
    await waitUntil(() => electron.app.exitCode !== null)
    expect(electron.app.exitCode).toBe(1)
    expect(electron.errors[0]).toMatch(/^Lobule cannot start: .*broken/)
  })

  test('a workspace that cannot be opened is reported, and the window opens', async () => {
    start(['--workspace', join(tmpdir(), 'lobule-nothing-here')])
    await opened()
    expect(electron.errors[0]).toMatch(/^The workspace cannot be opened: .*lobule-nothing-here/)
  })
})

describe('the window', () => {
  beforeEach(async () => {
    start()
    await opened()
  })

  test('answers its own page and serves it', async () => {
    expect(await call('app.info', {})).toMatchObject({
      ok: true,
      value: { version: '1.2.3', nativeDialogs: true, tiles: 'slide://image' },
    })
    expect(await call('app.info', {}, 'https://evil.example/')).toMatchObject({ ok: false })
    const page = await electron.protocols.get('app')?.(new Request('app://lobule/'))
    expect(page?.status).toBe(200)
  })

  test("opens the system's dialog; a cancelled one returns no path", async () => {
    electron.chosen = ['/data/a.tif']
    expect(await call('dialog.choose', { kind: 'files' })).toEqual({
      ok: true,
      value: { paths: ['/data/a.tif'] },
    })
    electron.chosen = []
    expect(await call('dialog.choose', { kind: 'folder' })).toEqual({ ok: true, value: { paths: [] } })
  })

  test('events go to the page, but not to a crashed one', async () => {
    await call('workspace.close', {})
    expect(electron.window.webContents.sent).toEqual([
      ['lobule:event', { name: 'workspace.changed', payload: null }],
    ])
    electron.window.webContents.isGone = true
    await call('workspace.close', {})
    expect(electron.window.webContents.sent).toHaveLength(1)
  })

  test('a crashed page is reported and loaded again; the application continues', async () => {
    const logged = vi.spyOn(console, 'error').mockReturnValue()
    electron.window.webContents.emit('render-process-gone', {}, { reason: 'crashed' })
    await waitUntil(() => electron.window.webContents.reloads === 1)
    expect(electron.questions[0]?.message).toMatch(/stopped \(crashed\)/)
    expect(await call('app.info', {})).toMatchObject({ ok: true })
    electron.window.webContents.emit('render-process-gone', {}, { reason: 'clean-exit' })
    expect(electron.questions).toHaveLength(1)
    logged.mockRestore()
  })

  test('declining to reload the page quits', async () => {
    const logged = vi.spyOn(console, 'error').mockReturnValue()
    electron.response = 1
    electron.window.webContents.emit('render-process-gone', {}, { reason: 'oom' })
    await waitUntil(() => electron.log.includes('quit'))
    logged.mockRestore()
  })

  test('an unresponsive page is waited for, or replaced, with one question only', async () => {
    electron.window.emit('unresponsive')
    await Promise.resolve()
    expect(electron.window.webContents.reloads).toBe(0)
    electron.response = 1
    electron.window.emit('unresponsive')
    await waitUntil(() => electron.window.webContents.reloads === 1)
    expect(electron.questions).toHaveLength(2)
  })

  test('closing the last window closes the application first, once', async () => {
    electron.app.emit('window-all-closed')
    electron.app.emit('window-all-closed')
    expect(electron.log).not.toContain('quit')
    await waitUntil(() => electron.log.includes('quit'))
    expect(electron.log.filter((line) => line === 'quit')).toHaveLength(1)
  })
})

test.each([
  [['/app', '--workspace', '/data/w'], '/data/w'],
  [['/app', '--workspace'], null],
  [['/app'], null],
])('--workspace: %j', (parameters, path) => {
  expect(workspaceParameter(parameters)).toBe(path)
})
