// @ts-check
/** The built application in out/: desktop, command line, compute process, bridge and page. */
import { existsSync, rmSync } from 'node:fs'
import { hashOf, inRoot, projectNode, root, stamp, step } from './shared.mjs'

const stampFile = inRoot('out', '.lobule-stamp')
const sources = [
  'electron',
  'renderer',
  'resources',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
]
const inputs = () =>
  hashOf(root, sources, (name) => name === 'electron/setup' || name === 'resources/bundled-encoders')

/** The built command line. */
export const commandLine = () => inRoot('out', 'main', 'lobule.js')

/** @param {import('./shared.mjs').Log} log */
export async function ensureBuild(log) {
  const wanted = inputs()
  if (stamp(stampFile).isFresh(wanted) && existsSync(commandLine())) return
  log('Building the application (electron-vite build)')
  rmSync(stampFile, { force: true })
  const build = [
    inRoot('node_modules', 'electron-vite', 'bin', 'electron-vite.js'),
    'build',
    '--logLevel',
    'warn',
  ]
  await step('The build', projectNode(), build)
  stamp(stampFile).write(wanted)
}
