// @ts-check
/** `npm run bench -- NAME [arguments]`: runs test/bench/NAME.ts; without a name it lists them. */
import { existsSync, readdirSync } from 'node:fs'
import { ensureReady } from './ready.mjs'
import { SetupError, inRoot, logToStderr as log, projectNode, runScript, runToEnd } from './shared.mjs'
import { takeInstall } from './system-tools.mjs'

await runScript(async () => {
  const [name, ...parameters] = process.argv.slice(2)
  const folder = inRoot('test', 'bench')
  const known = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
  if (name === undefined) {
    console.log(known.length === 0 ? 'There is no benchmark yet.' : known.join('\n'))
    return 0
  }
  if (!known.includes(name))
    throw new SetupError(`There is no benchmark "${name}". Known: ${known.join(', ') || 'none'}.`)
  await ensureReady({ log, install: takeInstall([], process.env).install })
  return runToEnd(projectNode(), [inRoot('test', 'bench', `${name}.ts`), ...parameters])
})
