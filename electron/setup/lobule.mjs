#!/usr/bin/env node
// @ts-check
/** The command `lobule`, made ready if need be; stdout, exit status and signals are the command's own. */
import { commandLine } from './application-build.mjs'
import { ensureReady } from './ready.mjs'
import { callersDirectory, logToStderr as log, projectNode, runScript, runToEnd } from './shared.mjs'
import { takeInstall } from './system-tools.mjs'

await runScript(async () => {
  await ensureReady({ log, install: takeInstall([], process.env).install })
  const options = { cwd: callersDirectory('lobule') }
  return runToEnd(projectNode(), [commandLine(), ...process.argv.slice(2)], options)
})
