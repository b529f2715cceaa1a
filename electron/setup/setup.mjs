// @ts-check
/**
 * `npm run setup`: prepares everything that starting and testing need, and retries what was refused before.
 * `-- --install` may install system packages.
 */
import { forgetRefusals } from './bundled-files.mjs'
import { ensureChromium } from './chromium.mjs'
import { ensureElectron, forgetRefusal } from './electron-binary.mjs'
import { ensureReady } from './ready.mjs'
import { logToStderr as log, runScript } from './shared.mjs'
import { takeInstall } from './system-tools.mjs'

await runScript(async () => {
  const { install } = takeInstall(process.argv.slice(2), process.env)
  forgetRefusals()
  await ensureReady({ log, install })
  forgetRefusal()
  if ((await ensureElectron(log)) === null) {
    log("Electron's binary cannot be downloaded here: npm start serves Lobule to the browser.")
  }
  await ensureChromium(log, install)
  log('Everything is ready: npm start, npm test.')
  return 0
})
