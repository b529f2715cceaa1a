// @ts-check
/** `npm run notices`: writes the licences of what an installer ships. */
import { writeFileSync } from 'node:fs'
import { noticesFile, noticesText } from './notices-text.mjs'
import { logToStderr as log, runScript } from './shared.mjs'

await runScript(() => {
  writeFileSync(noticesFile, noticesText())
  log(`Written: ${noticesFile}`)
  return Promise.resolve(0)
})
