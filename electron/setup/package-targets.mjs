// @ts-check
/** The systems that `npm run package:check` builds the layout for. */
import path from 'node:path'
import { releaseTarget } from './package-native.mjs'
import { inRoot } from './shared.mjs'

/**
 * @typedef {object} Target
 * @property {'linux' | 'windows'} name
 * @property {'linux' | 'win32'} os as npm has it
 * @property {'x64'} cpu
 * @property {'glibc' | null} libc
 * @property {string} option of electron-builder
 * @property {string} unpacked the folder that electron-builder makes
 * @property {string} electron name of Electron's executable in its distribution
 * @property {string} executable
 * @property {string} native the toolchain of its native files (native/cmake/toolchains)
 * @property {'elf' | 'pe'} format of its native files
 */

/** @type {Readonly<Record<'linux' | 'windows', Target>>} */
export const targets = {
  linux: {
    name: 'linux',
    os: 'linux',
    cpu: 'x64',
    libc: 'glibc',
    option: '--linux',
    unpacked: 'linux-unpacked',
    electron: 'electron',
    executable: 'lobule',
    native: releaseTarget,
    format: 'elf',
  },
  windows: {
    name: 'windows',
    os: 'win32',
    cpu: 'x64',
    libc: null,
    option: '--win',
    unpacked: 'win-unpacked',
    electron: 'electron.exe',
    executable: 'lobule.exe',
    native: 'windows-x64',
    format: 'pe',
  },
}

/** Everything that the check makes. @param {...string} parts */
export const inWork = (...parts) => inRoot('test', 'output', 'package', ...parts)

/** @param {Target} target */
export const stageOf = (target) => inWork(target.name, 'project')

/** @param {Target} target */
export const layoutOf = (target) => path.join(stageOf(target), 'dist', target.unpacked)

/** A copy of the layout that Node can run. @param {Target} target */
export const runnableOf = (target) => inWork(target.name, 'Lobule')

/** @param {Target} target */
export const standInOf = (target) => inWork(target.name, 'electron')
