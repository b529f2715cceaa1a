// @ts-check
/**
 * Zig, which compiles C and C++ (it is Clang) for other systems and older ones than this machine, with their headers and libraries
 * inside. From the Python package index, pinned by hash, in a folder outside the project (`~/.cache/lobule`, 380 MB). LOBULE_ZIG names
 * another executable of this version.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { fetchInto } from './bundled-files.mjs'
import { SetupError } from './shared.mjs'

export const zigVersion = '0.15.2'

const wheel = {
  requirement: `ziglang==${zigVersion}`,
  platform: 'manylinux2010_x86_64',
  wheel: `ziglang-${zigVersion}-py3-none-manylinux_2_12_x86_64.manylinux2010_x86_64.musllinux_1_1_x86_64.whl`,
  wheelSha256: '806316453d1ede7174ed3fefb8e5348154629089c3bb5fe812dfd0e172fac130',
  file: 'ziglang/zig',
  fileSha256: '2858dc89dbbfdd08cceda1b841e7fd0a793a1a67b49f150bc3d0d1de44ed7f51',
}

/**
 * The executable; it is fetched the first time.
 * @param {import('./shared.mjs').Log} log
 * @returns {Promise<string>}
 * @throws {SetupError} where it cannot be had
 */
export async function ensureZig(log) {
  const own = process.env['LOBULE_ZIG']
  if (own) return path.resolve(own)
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new SetupError('Zig is pinned for Linux x64 only: set LOBULE_ZIG to an executable of it.')
  const folder = path.join(homedir(), '.cache', 'lobule', `zig-${zigVersion}`)
  const zig = path.join(folder, 'zig')
  if (existsSync(zig)) return zig
  log(`Fetching Zig ${zigVersion} (94 MB)`)
  mkdirSync(path.dirname(folder), { recursive: true })
  const work = mkdtempSync(`${folder}.fetch-`)
  try {
    await fetchInto(work, wheel)
    chmodSync(path.join(work, wheel.file), 0o755)
    // Last and at once: a folder of this name is whole.
    renameSync(path.join(work, 'ziglang'), folder)
  } catch (error) {
    throw new SetupError(`Zig ${zigVersion} cannot be had: ${/** @type {Error} */ (error).message}`)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return zig
}
