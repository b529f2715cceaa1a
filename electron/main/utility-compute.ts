import type { UtilityProcess } from 'electron'
import { computeEnvironment, runtimeArguments, type LaunchCompute } from '../compute/channel.ts'

/** stdin, stdout and stderr of the process; the stdout of a command belongs to its answer. */
type ComputeStreams = 'inherit' | ('ignore' | 'inherit')[]

/** The used part of Electron's `utilityProcess`. */
export interface UtilityLauncher {
  fork(
    script: string,
    parameters: string[],
    options: { serviceName: string; stdio: ComputeStreams; env: NodeJS.ProcessEnv; execArgv: string[] },
  ): Pick<UtilityProcess, 'postMessage' | 'on' | 'once' | 'kill'>
}

/** Starts the compute process as Electron's utility process: `script` is the built `compute.js`. */
export const utilityCompute =
  (utilityProcess: UtilityLauncher, script: string, stdio: ComputeStreams = 'inherit'): LaunchCompute =>
  (parameters = []) => {
    const child = utilityProcess.fork(script, [...parameters], {
      serviceName: 'Lobule compute',
      stdio,
      env: computeEnvironment(process.env),
      execArgv: runtimeArguments(parameters),
    })
    let fatal: string | null = null
    child.once('error', (type, location) => (fatal = `${type} in ${location}`))
    return {
      post: (message) => child.postMessage(message),
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) => void child.once('exit', (code) => listener(fatal ?? `exit code ${code}`)),
      kill: () => void child.kill(),
    }
  }
