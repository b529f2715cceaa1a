import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { launchBrowser } from '../../support/browser.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { makeSlideWorkspace } from './slide-workspace.ts'

/** A data folder with a slide workspace named "study", a browser and the server on it. */
export interface SlideStudy {
  readonly home: string
  /** null: there is no Chromium. */
  readonly browser: Browser | null
  readonly server: Awaited<ReturnType<typeof serveLobule>>
  readonly close: () => Promise<void>
}

/** @param add puts more into the workspace before the server starts */
export async function openSlideStudy(
  add: (home: string, workspace: string) => Promise<void> = () => Promise.resolve(),
): Promise<SlideStudy> {
  const home = mkdtempSync(join(tmpdir(), 'lobule-slide-'))
  const workspace = join(home, 'study')
  await makeSlideWorkspace(home, workspace)
  await add(home, workspace)
  const recent = [{ path: workspace, name: 'study' }]
  writeFileSync(
    join(home, 'settings.json'),
    JSON.stringify({ acknowledged: true, reader: 'Ada', recent, tourSeen: true }),
  )
  const browser = await launchBrowser()
  const server = await serveLobule(home)
  const close = async (): Promise<void> => {
    await browser?.close()
    await server.stop()
    rmSync(home, { recursive: true })
  }
  return { home, browser, server, close }
}
