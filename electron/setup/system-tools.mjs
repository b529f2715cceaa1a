// @ts-check
/** The programs that must be on the machine itself, and how each platform gets them. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { SetupError, findProgram, step } from './shared.mjs'

/** @typedef {'apt' | 'dnf' | 'pacman' | 'brew' | 'winget'} Manager */
/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} use what it is needed for
 * @property {() => boolean} isThere
 * @property {Record<Manager, string>} packages
 */

/** @param {string} program @param {string[]} parameters */
const succeeds = (program, parameters) =>
  spawnSync(program, parameters, { stdio: 'ignore', timeout: 30_000 }).status === 0

/** native.mjs takes LightGBM's source from a folder instead where this names one. */
const hasPipOrSource = () =>
  Boolean(process.env['LIGHTGBM_SOURCE_DIR']) ||
  ['python3', 'python'].some((name) => succeeds(name, ['-m', 'pip', '--version']))

function hasCompiler() {
  if (process.platform === 'darwin') return succeeds('xcode-select', ['-p'])
  if (process.platform !== 'win32') return Boolean(process.env['CXX']) || findProgram(['c++']) !== null
  const programs = process.env['ProgramFiles(x86)'] ?? 'C:\\Program Files (x86)'
  const where = path.join(programs, 'Microsoft Visual Studio', 'Installer', 'vswhere.exe')
  const asked = [
    '-latest',
    '-products',
    '*',
    '-requires',
    'Microsoft.VisualStudio.Component.VC.Tools.x86.x64',
  ]
  const answer = spawnSync(where, [...asked, '-property', 'installationPath'], { encoding: 'utf8' })
  return answer.status === 0 && answer.stdout.trim() !== ''
}

/** What building the native addon needs. @type {readonly Tool[]} */
export const buildTools = [
  {
    name: 'Python 3 with pip',
    use: "fetches LightGBM's source",
    isThere: hasPipOrSource,
    packages: {
      apt: 'python3 python3-pip',
      dnf: 'python3 python3-pip',
      pacman: 'python python-pip',
      brew: 'python',
      winget: 'Python.Python.3.13',
    },
  },
  {
    name: 'CMake',
    use: 'builds the LightGBM addon',
    isThere: () => findProgram(['cmake']) !== null,
    packages: { apt: 'cmake', dnf: 'cmake', pacman: 'cmake', brew: 'cmake', winget: 'Kitware.CMake' },
  },
  {
    name: 'a C++ compiler',
    use: 'builds the LightGBM addon',
    isThere: hasCompiler,
    packages: {
      apt: 'g++',
      dnf: 'gcc-c++',
      pacman: 'gcc',
      // Apple's own; the command is written out in installCommands.
      brew: '',
      winget: 'Microsoft.VisualStudio.2022.BuildTools',
    },
  },
  {
    name: 'Ninja or Make',
    use: 'builds the LightGBM addon',
    // Visual Studio brings its own.
    isThere: () => process.platform === 'win32' || findProgram(['ninja', 'make']) !== null,
    packages: { apt: 'ninja-build', dnf: 'ninja-build', pacman: 'ninja', brew: 'ninja', winget: '' },
  },
]

/**
 * The Linux distribution's id and the ids that it is like, e.g. `ubuntu debian`.
 * @param {string} release the text of /etc/os-release
 * @returns {string[]}
 */
export const distributionIds = (release) =>
  [...release.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)].flatMap((match) => (match[1] ?? '').split(' '))

export const distribution = () =>
  existsSync('/etc/os-release') ? distributionIds(readFileSync('/etc/os-release', 'utf8')) : []

/**
 * @param {NodeJS.Platform} platform
 * @param {readonly string[]} distribution
 * @returns {Manager}
 */
export function managerOf(platform, distribution) {
  if (platform === 'darwin') return 'brew'
  if (platform === 'win32') return 'winget'
  if (distribution.some((id) => ['fedora', 'rhel', 'centos'].includes(id))) return 'dnf'
  return distribution.includes('arch') ? 'pacman' : 'apt'
}

/**
 * The commands that a person types to get these tools.
 * @param {readonly Tool[]} tools
 * @param {Manager} manager
 * @returns {string[]}
 */
export function installCommands(tools, manager) {
  const packages = tools.map((tool) => tool.packages[manager]).filter(Boolean)
  if (manager === 'winget') return packages.map((name) => `winget install ${name}${visualStudioParts(name)}`)
  const compiler = tools.some((tool) => tool.packages.brew === '')
  const commands = manager === 'brew' && compiler ? ['xcode-select --install'] : []
  const install = {
    apt: 'sudo apt-get install -y',
    dnf: 'sudo dnf install -y',
    pacman: 'sudo pacman -S --needed',
    brew: 'brew install',
  }[manager]
  const casks = packages.filter((name) => name.startsWith('--cask'))
  const others = packages.filter((name) => !name.startsWith('--cask'))
  if (others.length > 0) commands.push(`${install} ${others.join(' ')}`)
  return [...commands, ...casks.map((name) => `${install} ${name}`)]
}

/** @param {string} name */
const visualStudioParts = (name) =>
  name.includes('BuildTools')
    ? ' --override "--wait --passive --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended"'
    : ''

/**
 * Whether a command may install system packages: with `--install`, or where CI=true says that the machine is
 * there for nothing else. `rest` is the arguments without the flag.
 * @param {readonly string[]} parameters
 * @param {NodeJS.ProcessEnv} environment
 * @returns {{ install: boolean, rest: string[] }}
 */
export function takeInstall(parameters, environment) {
  const rest = parameters.filter((parameter) => parameter !== installFlag)
  return { install: rest.length < parameters.length || environment['CI'] === 'true', rest }
}

const installFlag = '--install'

/**
 * Whether Lobule can install packages here by itself: only with apt-get, and only as root.
 * @param {Manager} manager
 * @param {number | undefined} userId
 */
export const canInstall = (manager, userId) =>
  manager === 'apt' && userId === 0 && findProgram(['apt-get']) !== null

/**
 * Returns if the tools are there. Missing ones are installed where that is allowed and possible, and named
 * otherwise.
 * @param {readonly Tool[]} tools
 * @param {import('./shared.mjs').Log} log
 * @param {boolean} install whether system packages may be installed
 * @param {string} [script] the script of package.json that installs them with `--install`
 * @throws {SetupError} naming what to install
 */
export async function ensureTools(tools, log, install, script = 'setup') {
  let missing = tools.filter((tool) => !tool.isThere())
  if (missing.length === 0) return
  const manager = managerOf(process.platform, distribution())
  const isAble = canInstall(manager, process.getuid?.())
  if (install && isAble) {
    await installWithApt(missing, log)
    missing = missing.filter((tool) => !tool.isThere())
    if (missing.length === 0) return
  }
  throw new SetupError(
    [
      'Lobule needs programs that this machine does not have:',
      ...missing.map((tool) => `  ${tool.name} (${tool.use})`),
      'Install them and try again:',
      ...installCommands(missing, manager).map((command) => `  ${command}`),
      ...(isAble && !install ? ['or let Lobule install them:', `  npm run ${script} -- ${installFlag}`] : []),
    ].join('\n'),
  )
}

/** @param {readonly Tool[]} tools @param {import('./shared.mjs').Log} log */
async function installWithApt(tools, log) {
  const packages = tools.flatMap((tool) => tool.packages.apt.split(' '))
  log(`Installing system packages: ${packages.join(' ')}`)
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  try {
    await step('apt-get update', 'apt-get', ['update', '-q'], options)
    const install = ['install', '-y', '-q', '--no-install-recommends', ...packages]
    await step('apt-get install', 'apt-get', install, options)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    log(error.message)
  }
}
