import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session, utilityProcess } from 'electron'
import { toErrorView } from '../contract/index.ts'
import { homeDirectory } from '../session/home-directory.ts'
import { applyPolicy, type MachinePolicy } from '../session/policy.ts'
import { commandLineParameters } from './command-line-parameters.ts'
import { startDesktop } from './desktop.ts'

const built = join(import.meta.dirname, '..')
const icon = join(built, 'icons', '256x256.png')
const parameters = process.argv.slice(1)
const words = commandLineParameters(parameters)

if (words === null) startWindow()
else {
  // Loaded only here: the window starts without the code of the commands.
  const { runPackagedCommand } = await import('./command-line.ts')
  const run = async (): Promise<number> => {
    // A command about policies must run beside one that is invalid; those that need it read it themselves.
    if (words[0] !== 'policy') applyPolicy()
    return runPackagedCommand({ app, utilityProcess }, { parameters, words, homeDirectory: homeDirectory() })
  }
  // Not awaited: Electron is ready only after this module has ended.
  run().then(
    (code) => app.exit(code),
    (error: unknown) => {
      process.stderr.write(`${toErrorView(error).message}\n`)
      app.exit(1)
    },
  )
}

function startWindow(): void {
  const policy = policyOrEnd()
  if (policy === null) return
  startDesktop(
    { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session, utilityProcess },
    {
      policy,
      homeDirectory: homeDirectory(),
      rendererDirectory: join(built, 'renderer'),
      preload: join(built, 'preload', 'bridge.cjs'),
      computeScript: join(built, 'main', 'compute.js'),
      parameters,
      platform: process.platform,
      icon: existsSync(icon) ? icon : null,
    },
  )
}

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
