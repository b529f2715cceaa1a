// @ts-check
/** `npm run check`: the one gate. Stops at the first failure and says which. */
import { ensureReady } from './ready.mjs'
import { inRoot, logToStderr as log, projectNode, runScript, runToEnd } from './shared.mjs'

const tool = (/** @type {string[]} */ ...parts) => inRoot('node_modules', ...parts)

/** @type {ReadonlyArray<[name: string, parameters: string[]]>} */
const gates = [
  ['types', [tool('typescript', 'bin', 'tsc'), '-b']],
  [
    'types of the page',
    [
      tool('svelte-check', 'bin', 'svelte-check'),
      '--tsconfig',
      'renderer/tsconfig.json',
      '--fail-on-warnings',
    ],
  ],
  ['lint', [tool('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0']],
  ['format', [tool('prettier', 'bin', 'prettier.cjs'), '--check', '.']],
  ['unused code', [tool('knip', 'bin', 'knip.js')]],
  ['build', [tool('electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'warn']],
  ['tests', [inRoot('electron', 'setup', 'test.mjs')]],
]

await runScript(async () => {
  await ensureReady({ log, parts: ['dependencies', 'native'] })
  for (const [index, [name, parameters]] of gates.entries()) {
    const startedAt = Date.now()
    const status = await runToEnd(projectNode(), parameters)
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
    if (status !== 0) {
      const left = gates.slice(index + 1).map(([later]) => later)
      log(
        `check: ${name} failed after ${seconds} s.${left.length > 0 ? ` Not run: ${left.join(', ')}.` : ''}`,
      )
      return status
    }
    log(`check: ${name} passed (${seconds} s)`)
  }
  log(`check: all ${gates.length} passed`)
  return 0
})
