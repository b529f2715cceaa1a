// @ts-check
/**
 * `npm run build:compare`: builds the application twice, from copies of the sources in folders of different length, and
 * compares every file and the bill of materials. `-- FOLDER FOLDER` compares two folders that are there, such as two
 * packages; their archives (asar) are opened. Says for each file that differs what the reason seems to be. Exit code 1
 * if anything differs.
 */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readArchive, readFolder } from './package-files.mjs'
import { supplyChainFolder, thisSystem, writeSupplyChain } from './sbom.mjs'
import {
  SetupError,
  callersDirectory,
  inRoot,
  logToStderr as log,
  projectFiles,
  projectNode,
  runIfMain,
  step,
  toolEnvironment,
} from './shared.mjs'

/** @typedef {{ file: string, why: string }} Difference */

/**
 * @param {string} one folder
 * @param {string} other folder
 * @returns {{ files: number, differences: Difference[] }} `files`: of both together, each name once
 */
export function compareFolders(one, other) {
  const [a, b] = [contentOf(one), contentOf(other)]
  const names = [...new Set([...a.keys(), ...b.keys()])].sort()
  const differences = names.flatMap((file) => {
    const [first, second] = [a.get(file), b.get(file)]
    if (first === undefined) return [{ file, why: 'is only in the second' }]
    if (second === undefined) return [{ file, why: 'is only in the first' }]
    return first.equals(second) ? [] : [{ file, why: reasonOf(first, second, one, other) }]
  })
  return { files: names.length, differences }
}

/** The files of a folder; an archive is there as its files. @param {string} folder @returns {Map<string, Buffer>} */
function contentOf(folder) {
  const files = readFolder(folder).flatMap(({ path: name, bytes }) =>
    name.endsWith('.asar')
      ? readArchive(bytes, path.join(folder, `${name}.unpacked`)).map((inside) => ({
          name: `${name}/${inside.path}`,
          bytes: inside.bytes,
        }))
      : [{ name, bytes }],
  )
  return new Map(files.map(({ name, bytes }) => [name, bytes]))
}

const time = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?/g

/**
 * Why two files differ, as far as this can tell: it tries one after another what would make them equal.
 * @param {Buffer} a
 * @param {Buffer} b
 * @param {string} one the folder of the first
 * @param {string} other
 */
function reasonOf(a, b, one, other) {
  // Latin-1 has a sign for each byte, so that nothing is lost in files that are no text.
  const [first, second] = [a.toString('latin1'), b.toString('latin1')]
  const sorted = (/** @type {string} */ text) => text.split('\n').sort().join('\n')
  const withoutFolder = (/** @type {string} */ text) => text.replaceAll(one, '').replaceAll(other, '')
  if (withoutFolder(first) === withoutFolder(second)) return 'contains the folder of its build'
  if (first.replaceAll(time, '') === second.replaceAll(time, '')) return 'contains a time'
  if (sorted(first) === sorted(second)) return 'has the same lines in another order'
  const at = a.findIndex((byte, place) => byte !== b[place])
  return `differs from byte ${at === -1 ? Math.min(a.length, b.length) : at} on (${a.length} and ${b.length} bytes)`
}

/** A build of the application from a copy of its sources. @param {string} folder @returns {Promise<string>} its result */
async function buildIn(folder) {
  mkdirSync(folder, { recursive: true })
  for (const name of projectFiles()) cpSync(inRoot(name), path.join(folder, name))
  symlinkSync(inRoot('node_modules'), path.join(folder, 'node_modules'), 'junction')
  const script = inRoot('node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const options = { cwd: folder, env: toolEnvironment() }
  await step('The build', projectNode(), [script, 'build', '--logLevel', 'error'], options)
  writeSupplyChain(path.join(folder, 'out', path.basename(supplyChainFolder)), thisSystem())
  return path.join(folder, 'out')
}

await runIfMain(import.meta.filename, async () => {
  const given = process.argv.slice(2)
  if (given.length !== 0 && given.length !== 2) throw new SetupError('Give two folders, or none.')
  // Outside the project, where no tool takes the copies for sources.
  const work = mkdtempSync(path.join(realpathSync(tmpdir()), 'lobule-build-compare-'))
  log(given.length === 2 ? 'Comparing' : 'Building the application twice')
  const [one = '', other = ''] =
    given.length === 2
      ? given.map((name) => path.resolve(callersDirectory('build:compare'), name))
      : // Equally deep, since the build notes the way to node_modules, which is a link here.
        [await buildIn(path.join(work, 'a')), await buildIn(path.join(work, 'b-with-a-longer-name'))]
  const { files, differences } = compareFolders(one, other)
  for (const { file, why } of differences) console.log(`${file} ${why}`)
  console.log(`${files} files, ${differences.length} differ`)
  if (differences.length === 0 || given.length === 2) rmSync(work, { recursive: true })
  else log(`Both builds are in ${work}`)
  return differences.length === 0 ? 0 : 1
})
