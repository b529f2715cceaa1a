// @ts-check
/**
 * `npm run package`: the installers of this machine's system in dist/. Other arguments go to electron-builder
 * (`-- --dir`, `-- --win nsis`). Where a signing key is given (package-signing.mjs), the build fails if anything stays
 * unsigned. docs/release.md is the checklist.
 */
import { drawIcons } from './icons.mjs'
import { requireOldLinux } from './elf-needs.mjs'
import { buildLauncher } from './launcher.mjs'
import { buildPackageNative, placeNative, releaseTarget } from './package-native.mjs'
import { requireSigned, signingParameters } from './package-signing.mjs'
import { ensureReady } from './ready.mjs'
import { supplyChainFolder, thisSystem, writeSupplyChain } from './sbom.mjs'
import { inRoot, logToStderr as log, projectNode, runScript, step } from './shared.mjs'
import { takeInstall } from './system-tools.mjs'

await runScript(async () => {
  const { install, rest } = takeInstall(process.argv.slice(2), process.env)
  await ensureReady({ log, install })
  await drawIcons()
  writeSupplyChain(supplyChainFolder, thisSystem())
  const isReleasedLinux = process.platform === 'linux' && process.arch === 'x64'
  if (isReleasedLinux) await buildPackageNative(log)
  placeNative(isReleasedLinux ? releaseTarget : undefined, inRoot('native', 'build', 'package'))
  if (process.platform === 'win32') await buildLauncher()
  const signing = signingParameters(process.platform, process.env)
  log(
    signing === null ? 'No signing key is given: the installers are unsigned.' : `Signing: ${signing.title}`,
  )
  const builder = inRoot('node_modules', 'electron-builder', 'cli.js')
  const parameters = [...rest, ...(signing?.parameters ?? [])]
  await step('electron-builder', projectNode(), [builder, '--publish', 'never', ...parameters])
  if (isReleasedLinux) log(requireOldLinux(inRoot('dist', 'linux-unpacked')))
  if (signing !== null) await requireSigned(process.platform, inRoot('dist'), log)
  return 0
})
