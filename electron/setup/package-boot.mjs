// @ts-check
/**
 * The first module of the stand-in for Electron (package-stand-in.mjs): what Electron gives to the program's main
 * process, as far as the command line uses it, made of Node. Everything else is the packaged program itself, unpacked
 * from its archive, which Node cannot read.
 */
import { fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { registerHooks } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const resources = path.dirname(import.meta.dirname)
Object.defineProperty(process, 'resourcesPath', { value: resources })
// Electron's first argument is its executable alone.
process.argv.splice(1, 1)

const app = Object.assign(new EventEmitter(), {
  isPackaged: true,
  setPath: () => undefined,
  disableHardwareAcceleration: () => undefined,
  whenReady: () => Promise.resolve(),
  exit: (/** @type {number} */ code) => process.exit(code),
})
const utilityProcess = {
  /** @param {string} script @param {string[]} parameters @param {{ env: NodeJS.ProcessEnv, execArgv: string[] }} options */
  fork: (script, parameters, { env, execArgv }) => {
    const child = fork(script, parameters, {
      env,
      execArgv: [
        ...execArgv,
        '--import',
        pathToFileURL(path.join(import.meta.dirname, 'resources-path.mjs')).href,
      ],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    return Object.assign(child, {
      postMessage: (/** @type {any} */ message) => void (child.connected && child.send(message)),
    })
  },
}
Object.assign(globalThis, { lobuleStandIn: { app, utilityProcess } })
const names = ['app', 'BrowserWindow', 'dialog', 'ipcMain', 'Menu', 'protocol', 'session', 'utilityProcess']
const source = names.map((name) => `export const ${name} = globalThis.lobuleStandIn.${name}`).join('\n')
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: `data:text/javascript,${encodeURIComponent(source)}`, shortCircuit: true }
      : next(specifier, context),
})
await import(pathToFileURL(path.join(resources, 'app', 'out', 'main', 'index.js')).href)
