// @ts-check
/** `npm run setup`: everything that starting and testing need, and a new try at what was refused before. */
import { ensureChromium } from './chromium.mjs'
import { ensureElectron, forgetRefusal } from './electron-binary.mjs'
import { ensureReady } from './ready.mjs'
import { logToStderr as log, runScript } from './shared.mjs'

await runScript(async () => {
  await ensureReady({ log })
  forgetRefusal()
  if ((await ensureElectron(log)) === null) {
    log("Electron's binary cannot be downloaded here: npm start serves Lobule to the browser.")
  }
  await ensureChromium(log)
  log('Everything is ready: npm start, npm test.')
  return 0
})
