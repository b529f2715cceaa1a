import { describe, expect, test } from 'vitest'
import { isLocalRequest, isPageAddress, schemes } from '../../../electron/main/address.ts'
import {
  guardContents,
  guardSession,
  refusedParameter,
  windowOptions,
} from '../../../electron/main/guards.ts'
import { StandInContents, StandInSession } from './stand-in-electron.ts'

const foreign = [
  'https://lobule/',
  'http://127.0.0.1/',
  'app://lobule.evil/',
  'app://evil/lobule/',
  'app:lobule',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,x',
  'about:blank',
  'slide://image/1/thumbnail.jpg',
  '',
]

test('our page is app://lobule and nothing else', () => {
  for (const address of ['app://lobule/', 'app://lobule/index.html', 'app://lobule/#x']) {
    expect(isPageAddress(address)).toBe(true)
  }
  for (const address of foreign) expect(isPageAddress(address), address).toBe(false)
})

test('the schemes have no privilege that a page could abuse', () => {
  for (const { privileges } of schemes) {
    expect(privileges).toMatchObject({ standard: true, secure: true })
    expect(privileges?.bypassCSP ?? false).toBe(false)
    expect(privileges?.allowServiceWorkers ?? false).toBe(false)
  }
})

test('the window gives the page nothing but its bridge', () => {
  expect(windowOptions('/bridge.cjs', false, null).webPreferences).toMatchObject({
    preload: '/bridge.cjs',
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
    devTools: false,
    spellcheck: false,
  })
})

test.each([
  ['--remote-debugging-port=9222'],
  ['--remote-debugging-port'],
  ['-remote-debugging-pipe'],
  ['/Remote-Debugging-Port=0'],
  ['--inspect=0.0.0.0:9229'],
  ['--inspect-brk'],
  ['--js-flags=--expose-gc'],
  ['--devtools'],
  ['--renderer-cmd-prefix=gdb'],
])('the packaged program refuses %s', (parameter) => {
  expect(refusedParameter(['--workspace', 'w', parameter])).toBe(parameter)
})

test('the packaged program takes its own parameters and paths', () => {
  const own = [
    '--workspace',
    '/inspect/it',
    '/debug/study',
    'C:\\devtools',
    '--no-sandbox',
    '--lang=de',
    '--',
  ]
  expect(refusedParameter(own)).toBeNull()
})

describe('ways out of the page', () => {
  const guarded = (): StandInContents => {
    const contents = new StandInContents()
    guardContents(contents as unknown as Electron.WebContents)
    return contents
  }
  const isPrevented = (contents: StandInContents, event: string, details: object): boolean => {
    let prevented = false
    contents.emit(event, { ...details, preventDefault: () => (prevented = true) })
    return prevented
  }

  test('navigation stays on our page, in its main frame', () => {
    const contents = guarded()
    const own = { url: 'app://lobule/', isMainFrame: true }
    expect(isPrevented(contents, 'will-frame-navigate', own)).toBe(false)
    expect(isPrevented(contents, 'will-frame-navigate', { ...own, isMainFrame: false })).toBe(true)
    for (const url of foreign) {
      expect(isPrevented(contents, 'will-frame-navigate', { url, isMainFrame: true }), url).toBe(true)
    }
  })

  test('no redirect, no embedded page, no new window', () => {
    const contents = guarded()
    expect(isPrevented(contents, 'will-redirect', { url: 'app://lobule/' })).toBe(true)
    expect(isPrevented(contents, 'will-attach-webview', {})).toBe(true)
    expect(contents.windowOpenHandler?.({ url: 'app://lobule/' })).toEqual({ action: 'deny' })
  })

  test('no permission, no device, no download, nothing from a network', () => {
    const session = new StandInSession()
    guardSession(session as unknown as Electron.Session)
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'openExternal',
      'usb',
    ]) {
      let granted: boolean | null = null
      session.request?.(null, permission, (answer) => (granted = answer))
      expect(granted, permission).toBe(false)
    }
    expect(session.check?.()).toBe(false)
    expect(session.device?.()).toBe(false)
    let prevented = false
    session.emit('will-download', { preventDefault: () => (prevented = true) })
    expect(prevented).toBe(true)
    const isCancelled = (url: string): boolean => {
      let cancelled = false
      session.before?.({ url }, (answer) => (cancelled = answer.cancel))
      return cancelled
    }
    expect(isCancelled('https://example.org/')).toBe(true)
    expect(isCancelled('app://lobule/index.html')).toBe(false)
  })
})

test.each([
  ['app://lobule/assets/index.js', true],
  ['slide://image/1/thumbnail.jpg', true],
  ['blob:app://lobule/1', true],
  ['data:image/png;base64,', true],
  ['devtools://devtools/bundled/inspector.html', true],
  ['http://127.0.0.1:1/', false],
  ['ws://127.0.0.1:1/', false],
  ['https://example.org/', false],
  ['file:///etc/passwd', false],
  ['not an address', false],
])('may the page load %s: %s', (address, allowed) => {
  expect(isLocalRequest(address)).toBe(allowed)
})
