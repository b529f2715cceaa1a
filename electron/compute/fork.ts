import { fork } from 'node:child_process'
import { computeEnvironment, runtimeArguments, type LaunchCompute } from './channel.ts'

/** Starts the compute process with plain Node: `script` is the built `compute.js`. */
export const forkCompute =
  (script: string): LaunchCompute =>
  (parameters = []) => {
    // stdout belongs to the answer of the command; whatever the child prints goes to stderr.
    const child = fork(script, parameters, {
      env: computeEnvironment(process.env),
      serialization: 'advanced',
      stdio: ['ignore', 2, 2, 'ipc'],
      execArgv: [...process.execArgv, ...runtimeArguments(parameters)],
    })
    return {
      post: (message) => {
        if (child.connected) child.send(message as never)
      },
      onMessage: (listener) => child.on('message', listener),
      onExit: (listener) => {
        child.once('error', (error) => listener(error.message))
        child.once('exit', (code, signal) => listener(signal ?? `exit code ${code ?? 'unknown'}`))
      },
      kill: () => child.kill('SIGKILL'),
    }
  }
