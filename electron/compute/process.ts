import { interruptSignals } from '../base/interrupts.ts'
import { asLogLevel, openLog } from '../base/log.ts'
import { backgroundParameter, boundedParameter } from './channel.ts'
import { lowerPriority } from './lower-priority.ts'
import { serveTasks, type HostPort } from './serve.ts'
import type { Tasks } from './tasks.ts'

/** Electron's utility process has a port to its host; a forked Node process has `process.send`. */
interface ElectronProcess {
  parentPort?: {
    postMessage: (message: unknown) => void
    on: (event: 'message', listener: (message: { data: unknown }) => void) => void
  }
}

function hostPort(): HostPort {
  const { parentPort } = process as ElectronProcess
  if (parentPort !== undefined) {
    return {
      post: (message) => parentPort.postMessage(message),
      onMessage: (listener) => parentPort.on('message', ({ data }) => listener(data)),
    }
  }
  // Without the host, no process receives the results.
  process.once('disconnect', () => process.exit(0))
  return {
    post: (message) => process.send?.(message),
    onMessage: (listener) => process.on('message', listener),
  }
}

if (process.argv.includes(backgroundParameter)) lowerPriority()
// The entry point sets it; the level may be one of the user or of the policy.
const logFolder = process.env['LOBULE_LOG_FOLDER'] ?? ''
if (logFolder !== '') openLog(logFolder, asLogLevel(process.env['LOBULE_LOG_LEVEL']))
// Ctrl+C, and a scheduler that ends a task, reach the whole process group; the host decides when this process stops. Electron ends
// its utility process by SIGTERM.
for (const signal of interruptSignals()) {
  const isElectron = (process as ElectronProcess).parentPort !== undefined
  if (!isElectron || signal !== 'SIGTERM') process.on(signal, () => undefined)
}
// A process for files from outside loads neither ONNX Runtime nor sharp, so that it starts quickly.
const port = hostPort()
const tasks: Partial<Tasks> = process.argv.includes(boundedParameter)
  ? (await import('./bounded-tasks.ts')).boundedTasks
  : (await import('./tasks.ts')).tasks
serveTasks(port, tasks)
