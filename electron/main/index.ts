import { join } from 'node:path'
import { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session, utilityProcess } from 'electron'
import { toErrorView } from '../contract/index.ts'
import { homeDirectory } from '../session/home-directory.ts'
import { applyPolicy, type MachinePolicy } from '../session/policy.ts'
import { startDesktop } from './desktop.ts'

const built = join(import.meta.dirname, '..')

/** With a policy that is not valid, nothing starts. */
function policyOrEnd(): MachinePolicy | null {
  try {
    return applyPolicy()
  } catch (error) {
    dialog.showErrorBox('Lobule cannot start', toErrorView(error).message)
    app.exit(1)
    return null
  }
}

const policy = policyOrEnd()
if (policy !== null)
  startDesktop(
    { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session, utilityProcess },
    {
      policy,
      homeDirectory: homeDirectory(),
      rendererDirectory: join(built, 'renderer'),
      preload: join(built, 'preload', 'bridge.cjs'),
      computeScript: join(built, 'main', 'compute.js'),
      parameters: process.argv.slice(1),
      platform: process.platform,
    },
  )
