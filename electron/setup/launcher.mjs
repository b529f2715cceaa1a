// @ts-check
/**
 * Builds the console program that is the command line of the packaged Windows program (native/launcher): with Visual
 * Studio on Windows, with MinGW-w64 elsewhere.
 *
 *     node electron/setup/launcher.mjs    -> native/build/launcher/lobule.exe
 */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { inRoot, logToStderr as log, projectPackage, runIfMain, step } from './shared.mjs'

export const launcher = inRoot('native', 'build', 'launcher', 'lobule.exe')

const toolchain = inRoot('native', 'cmake', 'toolchains', 'windows-x64.cmake')

/**
 * @param {object} [options]
 * @param {string} [options.target] the file to make
 * @param {string} [options.program] what it starts, from its own folder; the default is the window's executable
 * @param {string} [options.parameters] what that gets before the arguments
 */
export async function buildLauncher({ target = launcher, program, parameters } = {}) {
  const work = `${target}-objects`
  rmSync(work, { recursive: true, force: true })
  mkdirSync(path.dirname(target), { recursive: true })
  const definitions = [
    ...(program === undefined ? [] : [`-DPROGRAM=${program.replaceAll('\\', '\\\\')}`]),
    ...(parameters === undefined ? [] : [`-DPARAMETERS=${parameters}`]),
  ]
  const { version } = projectPackage()
  const isWindows = process.platform === 'win32'
  await step('Configuring the launcher', 'cmake', [
    ...['-S', inRoot('native', 'launcher'), '-B', work, '-DCMAKE_BUILD_TYPE=Release'],
    ...(isWindows ? [] : [`-DCMAKE_TOOLCHAIN_FILE=${toolchain}`]),
    // A version that is not yet released has more than three numbers' worth of text.
    `-DVERSION=${version.split('-')[0]}`,
    ...definitions,
  ])
  await step('Building the launcher', 'cmake', ['--build', work, '--config', 'Release'])
  copyFileSync(path.join(work, ...(isWindows ? ['Release'] : []), 'lobule.exe'), target)
  rmSync(work, { recursive: true })
}

await runIfMain(import.meta.filename, async () => {
  await buildLauncher()
  log(`Built ${launcher}.`)
  return 0
})
