// @ts-check
/** What the set-up scripts share. They run on Node 20 before any dependency exists: Node's own modules only. */
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** @typedef {(line: string) => void} Log */

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..')

/** @param {...string} parts */
export const inRoot = (...parts) => path.join(root, ...parts)

/** What package.json says. @returns {{ name: string, version: string, devDependencies: { electron: string } }} */
export const projectPackage = () => JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))

/** The files of the working tree as git sees it: those that it knows, and new ones that it does not ignore. @returns {string[]} */
export function projectFiles() {
  const shown = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const list = execFileSync('git', shown, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 })
  return list.split('\0').filter((name) => name !== '' && existsSync(inRoot(name)))
}

/** A failure whose sentence says all; its stack would only hide it. */
export class SetupError extends Error {}

/** Progress goes to stderr, so that stdout stays a command's own. @type {Log} */
export const logToStderr = (line) => void process.stderr.write(`${line}\n`)

/**
 * The project's own Node, pinned as the dependency `node`, whatever Node runs this script.
 * @returns {string}
 */
export const projectNode = () =>
  inRoot('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/**
 * The environment of the project's tools: `node` and the tools of node_modules come first.
 * @param {NodeJS.ProcessEnv} [more]
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment(more = {}) {
  // Windows calls it Path, and a second spelling would win or lose by chance.
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  const bin = inRoot('node_modules', '.bin')
  return { ...process.env, [name]: `${bin}${path.delimiter}${process.env[name] ?? ''}`, ...more }
}

/**
 * The full path of the first of these programs that is on the PATH, or null.
 * @param {readonly string[]} names
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {string | null}
 */
export function findProgram(names, environment = process.env) {
  const folders = (environment['PATH'] ?? environment['Path'] ?? '').split(path.delimiter).filter(Boolean)
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : ['']
  for (const name of names) {
    for (const folder of folders) {
      for (const ending of endings) {
        const file = path.join(folder, name + ending)
        if (isProgram(file)) return file
      }
    }
  }
  return null
}

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/**
 * Runs a program to its end and answers its exit status: its code, or 128 + the number of its signal.
 * Signals that reach this process alone are passed on; Ctrl-C reaches both anyway.
 * @param {string} program
 * @param {readonly string[]} parameters
 * @param {import('node:child_process').SpawnOptions & { timeoutMs?: number }} [options]
 * @returns {Promise<number>}
 */
export function runToEnd(program, parameters, { timeoutMs, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: root,
      env: toolEnvironment(),
      stdio: 'inherit',
      ...options,
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs, killSignal: 'SIGKILL' }),
    })
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    /** @param {NodeJS.Signals} signal */
    const passOn = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    for (const signal of signals) process.on(signal, passOn)
    const stopListening = () => signals.forEach((signal) => process.off(signal, passOn))
    child.once('error', (error) => {
      stopListening()
      reject(error)
    })
    child.once('close', (code, signal) => {
      stopListening()
      resolve(code ?? 128 + (signalNumbers[signal ?? ''] ?? 0))
    })
  })
}

/** @type {Readonly<Record<string, number>>} */
const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }

/**
 * One step of the set-up; what it prints goes to stderr.
 * @param {string} what for the sentence when it fails
 * @param {string} program
 * @param {readonly string[]} parameters
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export async function step(what, program, parameters, options) {
  const status = await runToEnd(program, parameters, { stdio: ['ignore', 2, 2], ...options }).catch(
    (/** @type {Error} */ error) => {
      throw new SetupError(`${what} could not be started: ${error.message}.`)
    },
  )
  if (status !== 0) throw new SetupError(`${what} failed (exit status ${status}); its output is above.`)
}

/**
 * One hash over names and contents of files and folders, whatever the order in which they are listed.
 * Missing ones count as missing.
 * @param {string} directory
 * @param {readonly string[]} names
 * @param {(relativePath: string) => boolean} [isLeftOut]
 * @returns {string}
 */
export function hashOf(directory, names, isLeftOut = () => false) {
  const hash = createHash('sha256')
  /** @param {string} name */
  const add = (name) => {
    const file = path.join(directory, name)
    if (isLeftOut(name)) return
    const entries = existsSync(file) ? listOf(file) : null
    if (entries === null) hash.update(`missing ${name}\n`)
    else if (entries === 'file') {
      const content = createHash('sha256').update(readFileSync(file)).digest('hex')
      hash.update(`${content} ${name}\n`)
    } else for (const entry of entries.sort()) add(`${name}/${entry}`)
  }
  for (const name of [...names].sort()) add(name)
  return hash.digest('hex')
}

/**
 * @param {string} file
 * @returns {string[] | 'file'}
 */
function listOf(file) {
  try {
    return readdirSync(file)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOTDIR') return 'file'
    throw error
  }
}

/**
 * A file that remembers the inputs something was made from.
 * @param {string} file
 */
export const stamp = (file) => ({
  /** @param {string} inputs */
  isFresh: (inputs) => existsSync(file) && readFileSync(file, 'utf8') === inputs,
  /** @param {string} inputs */
  write: (inputs) => writeFileSync(file, inputs),
})

/**
 * Where the person typed the command: npm itself moves to the project, and paths are meant from there.
 * @param {string} script its name in package.json
 * @returns {string}
 */
export const callersDirectory = (script) =>
  (process.env['npm_lifecycle_event'] === script && process.env['INIT_CWD']) || process.cwd()

/**
 * Runs a script and ends the process with what it answers; an expected failure is one sentence.
 * @param {() => Promise<number>} script
 */
export async function runScript(script) {
  try {
    process.exitCode = await script()
  } catch (error) {
    logToStderr(error instanceof SetupError ? error.message : String(/** @type {Error} */ (error).stack))
    process.exitCode = 1
  }
}

/**
 * The same for a module that others import too: only where Node was started with it.
 * @param {string} file the module's `import.meta.filename`
 * @param {() => Promise<number>} script
 */
export async function runIfMain(file, script) {
  if (process.argv[1] && path.resolve(process.argv[1]) === file) await runScript(script)
}
