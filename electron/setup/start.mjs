// @ts-check
/** `npm start`: the window; where there can be none, the same application served to the browser. */
import { commandLine } from './application-build.mjs'
import { ensureElectron, windowObstacle } from './electron-binary.mjs'
import { ensureReady } from './ready.mjs'
import {
  callersDirectory,
  inRoot,
  logToStderr as log,
  projectNode,
  runScript,
  runToEnd,
  toolEnvironment,
} from './shared.mjs'
import { takeInstall } from './system-tools.mjs'

/** An Electron that ends with an error so early has shown no window. */
const earlyMs = 10_000

await runScript(async () => {
  const { install, rest: parameters } = takeInstall(process.argv.slice(2), process.env)
  await ensureReady({ log, install })
  const electron = await ensureElectron(log)
  const obstacle =
    electron === null
      ? "Electron's binary cannot be downloaded here"
      : windowObstacle(process.platform, process.env, process.getuid?.())
  const options = { cwd: callersDirectory('start') }
  if (electron !== null && obstacle === null) {
    const startedAt = Date.now()
    const environment = toolEnvironment()
    delete environment['ELECTRON_RUN_AS_NODE']
    const status = await runToEnd(electron, [inRoot(), ...parameters], { ...options, env: environment })
    if (status === 0 || status > 128 || Date.now() - startedAt > earlyMs) return status
  }
  log(`${obstacle ?? 'Electron could not show a window'}: Lobule is served to your browser instead.`)
  return runToEnd(projectNode(), [commandLine(), 'serve', ...parameters], options)
})
