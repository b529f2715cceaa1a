// @ts-check
/** The packages of package-lock.json, installed exactly. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { SetupError, findProgram, hashOf, inRoot, projectNode, root, stamp, step } from './shared.mjs'

/** What an installation depends on; it lies inside node_modules and goes with it. */
const installed = stamp(inRoot('node_modules', '.lobule-stamp'))
const inputs = () => `${process.platform} ${process.arch} ${hashOf(root, ['package-lock.json'])}\n`

/**
 * @param {import('./shared.mjs').Log} log
 * @throws {SetupError}
 */
export async function ensureDependencies(log) {
  if (installed.isFresh(inputs()) && existsSync(projectNode())) return
  log('Installing the packages of package-lock.json (npm ci)')
  // No package may run a script of its own but `node`, which fetches the project's Node: npm 11 keeps to
  // allowScripts in package.json, npm 10 needs it as an argument.
  await npm([
    ...command(),
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
  ])
  await npm(['rebuild', 'node'])
  if (!existsSync(projectNode())) throw new SetupError(`npm did not install ${projectNode()}.`)
  installed.write(inputs())
}

/**
 * `npm ci` begins by deleting node_modules, which Windows refuses while a program in it runs: the project's
 * Node may be running this.
 */
const command = () =>
  process.platform === 'win32' && process.execPath.startsWith(inRoot('node_modules'))
    ? ['install', '--no-save']
    : ['ci']

/**
 * @param {string[]} parameters
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export async function npm(parameters, options) {
  const script = npmScript()
  // Looked up each time: the Node that runs this may lie in the node_modules that was just deleted.
  const node = [process.env['npm_node_execpath'], process.execPath].find((file) => file && existsSync(file))
  const program = script === null ? 'npm' : (node ?? findProgram(['node']) ?? 'node')
  const quiet = ['--loglevel=error']
  await step(
    `npm ${parameters[0]}`,
    program,
    [...(script === null ? [] : [script]), ...parameters, ...quiet],
    { env: process.env, ...options },
  )
}

/**
 * npm's own script, which any Node can run: Windows starts no `npm.cmd` without a shell.
 * @returns {string | null}
 */
function npmScript() {
  const cli = path.join('npm', 'bin', 'npm-cli.js')
  const beside = path.dirname(process.execPath)
  return (
    [
      process.env['npm_execpath'],
      path.join(beside, 'node_modules', cli),
      path.join(beside, '..', 'lib', 'node_modules', cli),
    ].find((file) => file?.endsWith('npm-cli.js') && existsSync(file)) ?? null
  )
}
