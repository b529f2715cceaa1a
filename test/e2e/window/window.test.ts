import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Bridge } from '../../../electron/contract/index.ts'
import { installedElectron, windowObstacle } from '../../../electron/setup/electron-binary.mjs'
import { inRoot } from '../../../electron/setup/shared.mjs'

/** Why the real window cannot be opened here, or null. */
function obstacle(): string | null {
  if (installedElectron() === null) return "Electron's binary is not on this machine"
  if (!existsSync(inRoot('out', 'main', 'index.js'))) return 'the application is not built'
  return windowObstacle(process.platform, process.env, process.getuid?.())
}

const reason = obstacle()

describe('the real window', () => {
  let electron: ElectronApplication
  let page: Page

  beforeAll(async () => {
    if (reason !== null) {
      console.warn(`\nSKIPPED: the real window was not tested: ${reason}.\n`)
      return
    }
    const LOBULE_HOME = mkdtempSync(join(tmpdir(), 'lobule-window-'))
    electron = await _electron.launch({
      executablePath: installedElectron() ?? '',
      args: [inRoot()],
      env: { ...(process.env as Record<string, string>), LOBULE_HOME },
    })
    page = await electron.firstWindow()
    await page.waitForLoadState()
  })
  afterAll(async () => {
    if (reason === null) await electron.close()
  })

  /** A test of the window, skipped with its reason if there is none. */
  const testWindow = (name: string, run: () => Promise<void>): void => {
    test(name, async ({ skip }) => {
      skip(reason !== null, reason ?? '')
      await run()
    })
  }

  testWindow('shows the page, which has the bridge and nothing of Node', async () => {
    expect(page.url()).toBe('app://lobule/')
    expect(await page.title()).toBe('Lobule')
    const seen = await page.evaluate(() =>
      ['lobule', 'require', 'process', 'module', 'Buffer', 'electron'].map(
        (name) => typeof Reflect.get(window, name),
      ),
    )
    expect(seen).toEqual(['object', 'undefined', 'undefined', 'undefined', 'undefined', 'undefined'])
  })

  testWindow('answers calls with the shared application', async () => {
    const [info, unknown] = await page.evaluate(async () => {
      const bridge = Reflect.get(window, 'lobule') as Pick<Bridge, 'call'>
      return [await bridge.call('app.info', {}), await bridge.call('no.such-call', {})]
    })
    expect(info).toMatchObject({ ok: true, value: { nativeDialogs: true, tiles: 'slide://image' } })
    expect(unknown).toMatchObject({ ok: false, error: { code: 'call.unknown' } })
  })

  testWindow('the content security policy holds: no inline script, no network', async () => {
    const seen = await page.evaluate(async () => {
      const script = document.createElement('script')
      script.textContent = 'window.inlineRan = true'
      document.body.append(script)
      const reached = await fetch('http://127.0.0.1:9/').then(
        () => true,
        () => false,
      )
      return { inlineRan: Reflect.has(window, 'inlineRan'), reached }
    })
    expect(seen).toEqual({ inlineRan: false, reached: false })
  })

  testWindow('there is no way out: no new window, no navigation, no permission', async () => {
    const seen = await page.evaluate(async () => {
      const opened = window.open('https://example.org/')
      location.href = 'https://example.org/'
      const { state } = await navigator.permissions.query({ name: 'geolocation' })
      return { opened: opened !== null, state }
    })
    expect(seen).toEqual({ opened: false, state: 'denied' })
    await page.waitForTimeout(500)
    expect(page.url()).toBe('app://lobule/')
    expect(electron.windows()).toHaveLength(1)
  })

  testWindow('pictures of unknown images are not there', async () => {
    const loaded = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const image = new Image()
          image.onload = () => resolve(true)
          image.onerror = () => resolve(false)
          image.src = 'slide://image/999/thumbnail.jpg'
        }),
    )
    expect(loaded).toBe(false)
  })

  testWindow('the preferences are those that were tested', async () => {
    const preferences = await electron.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows()
      const contents = window?.webContents as unknown as {
        getLastWebPreferences: () => Record<string, unknown>
      }
      const { contextIsolation, sandbox, nodeIntegration, webSecurity } = contents.getLastWebPreferences()
      return { contextIsolation, sandbox, nodeIntegration, webSecurity }
    })
    expect(preferences).toEqual({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
    })
  })
})
