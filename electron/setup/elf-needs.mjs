// @ts-check
/**
 * Which Linux a native file needs, by the versions of the symbols that it takes from the system's libraries (`readelf` of binutils,
 * which the compiler brings). A released file may need no more than Linux distributions with glibc 2.28 have (RHEL 8, Debian 10).
 *
 *     node electron/setup/elf-needs.mjs FILE|FOLDER ...    what each file needs, a line each
 */
import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { SetupError, findProgram, runIfMain } from './shared.mjs'

/** @typedef {'GLIBC' | 'GLIBCXX' | 'CXXABI' | 'GCC'} Library as the versions of its symbols begin */
/** @typedef {Partial<Record<Library, string>>} Needs the newest version that a file needs of each */

/** glibc 2.28, and the C++ runtime of GCC 8, which such distributions have. @type {Readonly<Record<Library, string>>} */
export const oldest = { GLIBC: '2.28', GLIBCXX: '3.4.25', CXXABI: '1.3.11', GCC: '7.0.0' }

/**
 * What `readelf --version-info` tells of a file. Only the versions that it needs have a "Name" with flags; its own are defined.
 * @param {string} text
 * @returns {Needs}
 */
export function needsIn(text) {
  /** @type {Needs} */
  const needs = {}
  const section = text.slice(Math.max(0, text.indexOf('Version needs section')))
  if (!section.startsWith('Version needs')) return needs
  for (const [, name = '', version = ''] of section.matchAll(/Name: (GLIBC|GLIBCXX|CXXABI|GCC)_([\d.]+)/g)) {
    const library = /** @type {Library} */ (name)
    if (isNewer(version, needs[library] ?? '0')) needs[library] = version
  }
  return needs
}

/**
 * Whether a version is above another one, number by number.
 * @param {string} version
 * @param {string} other
 */
export function isNewer(version, other) {
  const [a, b] = [version, other].map((text) => text.split('.').map(Number))
  for (let index = 0; index < Math.max(a?.length ?? 0, b?.length ?? 0); index++) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return false
}

/**
 * Where a file needs more than it may, in words; null: nowhere.
 * @param {string} file with slashes
 * @param {Needs} needs
 */
export function tooNew(file, needs) {
  const more = entriesOf(needs).filter(([library, version]) => isNewer(version, oldest[library]))
  return more.length === 0
    ? null
    : `${file} needs ${more.map(([library, version]) => `${library} ${version} (at most ${oldest[library]})`).join(', ')}`
}

/** @param {Needs} needs @returns {[Library, string][]} */
const entriesOf = (needs) => /** @type {[Library, string][]} */ (Object.entries(needs))

/**
 * What the ELF files of a folder need, each by its path with slashes.
 * @param {string} place a folder, or one file
 * @returns {{ file: string, needs: Needs }[]}
 * @throws {SetupError} where readelf is missing
 */
export function needsBelow(place) {
  const readelf = findProgram(['readelf', 'llvm-readelf'])
  if (readelf === null) throw new SetupError('readelf is missing, of the package binutils.')
  const names = statSync(place).isDirectory()
    ? readdirSync(place, { recursive: true, encoding: 'utf8' }).map((name) => path.join(place, name))
    : [place]
  return names
    .filter(isElf)
    .sort()
    .map((file) => {
      const options = {
        encoding: /** @type {const} */ ('utf8'),
        env: { ...process.env, LC_ALL: 'C' },
        maxBuffer: 2 ** 28,
      }
      const text = execFileSync(readelf, ['--version-info', '--wide', file], options)
      return { file: file.split(path.sep).join('/'), needs: needsIn(text) }
    })
}

/** @param {string} file */
function isElf(file) {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return false
  const descriptor = openSync(file, 'r')
  try {
    const head = Buffer.alloc(4)
    return readSync(descriptor, head) === 4 && head.readUInt32BE() === 0x7f454c46
  } finally {
    closeSync(descriptor)
  }
}

/**
 * @param {string} folder of a packaged program for Linux
 * @returns {string} for the line of the check
 * @throws {Error} naming each file that needs more than it may
 */
export function requireOldLinux(folder) {
  const found = needsBelow(folder)
  const problems = found.flatMap(({ file, needs }) => tooNew(file, needs) ?? [])
  if (problems.length > 0)
    throw new SetupError(`Too new for Linux with glibc ${oldest.GLIBC}:\n  ${problems.join('\n  ')}`)
  return `${found.length} native files run on glibc ${oldest.GLIBC}`
}

await runIfMain(import.meta.filename, async () => {
  for (const place of process.argv.slice(2))
    for (const { file, needs } of needsBelow(place))
      console.log(
        `${file}  ${entriesOf(needs)
          .map(([library, version]) => `${library} ${version}`)
          .join('  ')}`,
      )
  return 0
})
