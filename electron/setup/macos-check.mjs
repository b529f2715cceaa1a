// @ts-check
/**
 * Compiles and links the addon for macOS on another system, with Zig, and reads the result; nothing of it runs here:
 *
 *     npm run build:macos-check           for both processors
 *     npm run build:macos-check -- x64    for Intel's (or arm64 for Apple's)
 *
 * By hand: each takes minutes.
 */
import { readFileSync } from 'node:fs'
import { readMachO } from './mach-o.mjs'
import { addonOf, buildNative } from './native.mjs'
import { SetupError, logToStderr as log, runIfMain } from './shared.mjs'

/** Of Electron's oldest macOS: native/CMakeLists.txt. */
const oldest = '12.0'
/** What macOS itself has; C++'s runtime is inside the addon. */
const ofTheSystem = /^\/usr\/lib\/lib(System\.B|c\+\+\.1|c\+\+abi|objc\.A)\.dylib$/
const entryPoints = ['napi_register_module_v1', 'node_api_module_get_api_version_v1']

/**
 * What is wrong with an addon for macOS, in words.
 * @param {import('./mach-o.mjs').MachO} file
 * @param {string} wanted processor
 * @returns {string[]}
 */
export function macOsProblems({ processor, isLibrary, oldestMacOs, libraries, offered, fromHost }, wanted) {
  const strange = fromHost.filter((name) => !/^(napi|node_api)_/.test(name))
  const absent = entryPoints.filter((name) => !offered.includes(name))
  const others = libraries.filter((name) => !ofTheSystem.test(name))
  return [
    ...(processor === wanted ? [] : [`it is for the processor ${processor}`]),
    ...(isLibrary ? [] : ['it is no library']),
    ...(oldestMacOs === oldest ? [] : [`it is for macOS ${oldestMacOs ?? 'of no version'}, not ${oldest}`]),
    ...(others.length === 0 ? [] : [`it needs ${others.join(', ')}`]),
    ...(absent.length === 0 ? [] : [`it lacks ${absent.join(', ')}`]),
    // The linker takes every missing name for one of the program that loads the addon.
    ...(strange.length === 0 ? [] : [`these names are nowhere: ${strange.slice(0, 20).join(', ')}`]),
  ]
}

await runIfMain(import.meta.filename, async () => {
  const named = process.argv.slice(2)
  const all = ['arm64', 'x64']
  const unknown = named.find((name) => !all.includes(name))
  if (unknown !== undefined) throw new SetupError(`"${unknown}" is neither arm64 nor x64.`)
  let failed = 0
  const chosen = named.length === 0 ? all : named
  for (const processor of chosen) {
    const target = `macos-${processor}`
    const startedAt = Date.now()
    const result = await buildNative({ log, target }).catch((/** @type {Error} */ error) => {
      throw new SetupError(error.message)
    })
    const bytes = readFileSync(addonOf(target))
    const found = readMachO(bytes)
    const problems = macOsProblems(found, processor)
    const took =
      result === 'fresh' ? 'built before' : `${((Date.now() - startedAt) / 60_000).toFixed(1)} minutes`
    console.log(
      `${problems.length === 0 ? 'ok' : 'FAILED'} macOS ${processor}: ${(bytes.length / 1e6).toFixed(1)} MB, ${took}, ` +
        `macOS ${found.oldestMacOs} or newer, ${found.fromHost.length} functions of Node${problems.map((problem) => `; ${problem}`).join('')}`,
    )
    if (problems.length > 0) failed++
  }
  console.log(`${chosen.length - failed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
})
