// @ts-check
/**
 * A stand-in for Electron's distribution, which many networks do not let through: an executable that starts Node with
 * Electron's modules replaced (package-boot.mjs), and Electron's fuse wire in it, so that electron-builder packs,
 * names, edits and seals it as it would Electron.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { projectPackage } from './shared.mjs'
import { buildLauncher } from './launcher.mjs'
import { inWork, standInOf } from './package-targets.mjs'

/** The sentence by which tools find the fuses; the version of the wire, the number of fuses, and their states follow. */
export const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const fuseWire = Buffer.concat([
  Buffer.from(fuseSentinel),
  Buffer.from([1, 9]),
  Buffer.from('101100101', 'latin1'),
])

/** Where the stand-in looks for Node and for its first module, from its own folder. */
export const standInNode = { linux: 'resources/stand-in/node', windows: 'resources\\stand-in\\node.exe' }
const boot = 'resources/stand-in/boot.mjs'

/** An executable may be started from anywhere: it finds both from its own folder. */
const linuxScript = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/${standInNode.linux}" "$here/${boot}" "$@"
`

/** @param {import('./package-targets.mjs').Target} target */
export async function makeStandIn(target) {
  const folder = standInOf(target)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(path.join(folder, 'resources'), { recursive: true })
  mkdirSync(path.join(folder, 'locales'))
  const { devDependencies } = projectPackage()
  writeFileSync(path.join(folder, 'version'), devDependencies.electron)
  writeFileSync(path.join(folder, 'LICENSE'), 'stand-in for Electron\n')
  writeFileSync(path.join(folder, 'LICENSES.chromium.html'), '<html></html>\n')
  for (const language of ['en-US', 'de']) writeFileSync(path.join(folder, 'locales', `${language}.pak`), '')
  const executable = path.join(folder, target.electron)
  if (target.name === 'linux') {
    for (const name of ['chrome-sandbox', 'chrome_crashpad_handler'])
      writeFileSync(path.join(folder, name), '#!/bin/sh\n', { mode: 0o755 })
    // A shell reads no further than exec: the wire behind it is for the tools.
    writeFileSync(executable, Buffer.concat([Buffer.from(linuxScript), fuseWire]), { mode: 0o755 })
    return
  }
  const program = inWork('windows', 'stand-in.exe')
  await buildLauncher({ target: program, program: standInNode.windows, parameters: boot })
  writeFileSync(executable, Buffer.concat([readFileSync(program), fuseWire]))
}
