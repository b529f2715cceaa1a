import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  AppError,
  fromErrorView,
  type CallInput,
  type CallName,
  type CallOutput,
  type JobReports,
  type JobView,
} from '../contract/index.ts'
import type { LaunchCompute } from '../compute/channel.ts'
import { forkCompute } from '../compute/fork.ts'
import { hasEnded } from '../queue/queued-job.ts'
import type { Application } from '../application/application.ts'
import type { DoorOptions } from '../session/door-options.ts'
import { createApplication } from '../application/create-application.ts'
import { dispatch } from '../application/dispatch.ts'
import { homeDirectory } from '../session/home-directory.ts'
import { openProgramLog } from '../session/open-log.ts'
import { applyPolicy } from '../session/policy.ts'
import { ProgressLine } from './progress-line.ts'

/**
 * The nearest folder above this file that has this entry. The build puts what several entry points use into
 * out/main/chunks.
 */
const above = (name: string, directory = import.meta.dirname): string =>
  existsSync(join(directory, name)) ? directory : above(name, dirname(directory))

const packageDirectory = above('package.json')

/** The folder of the built program, with the script of the compute process. */
export const programDirectory = join(packageDirectory, 'out', 'main')

export const version = (
  JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8')) as { version: string }
).version

let launchScript: (script: string) => LaunchCompute = forkCompute

/**
 * Starts compute processes another way than by Node's fork, which the packaged program cannot: its fuse `runAsNode` is
 * off.
 */
export const launchComputeBy = (launch: (script: string) => LaunchCompute): void =>
  void (launchScript = launch)

/** Starts compute processes the way of this entry point. */
export const computeLauncher = (): LaunchCompute => launchScript(join(programDirectory, 'compute.js'))

const commandLine: DoorOptions = { tiles: '', choose: null, isCommandLine: true }

/** @throws AppError `policy.invalid` */
export function openApplication(door = commandLine): Application {
  // First, since it may name the data folder.
  const policy = applyPolicy()
  const home = homeDirectory()
  openProgramLog(home, version, door.isBrowser === true ? 'browser' : 'command line')
  return createApplication({
    homeDirectory: home,
    version,
    policy,
    launchCompute: computeLauncher(),
    door,
  })
}

/** What a command works with: the application in the same process, with the same contract as the page. */
export class CommandContext {
  readonly application: Application
  readonly #controller: AbortController

  constructor(application: Application, controller: AbortController) {
    this.application = application
    this.#controller = controller
  }

  /** Aborted when the user interrupts. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  async call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    const answer = await dispatch(this.application.handlers, name, input)
    if (!answer.ok) throw fromErrorView(answer.error)
    return answer.value as CallOutput<N>
  }

  /**
   * Waits for a job and shows its progress on stderr; an interrupt cancels it.
   * @throws AppError as the job failed with, or `job.cancelled`
   */
  async finish<K extends keyof JobReports>(started: { jobId: number }): Promise<JobReports[K]> {
    const line = new ProgressLine()
    let stopListening = (): void => undefined
    const cancel = (): void => void this.call('job.cancel', started)
    if (this.signal.aborted) cancel()
    this.signal.addEventListener('abort', cancel, { once: true })
    try {
      await new Promise<void>((resolve) => {
        const update = (job: JobView): void => {
          if (job.id !== started.jobId) return
          line.show(job)
          if (hasEnded(job)) resolve()
        }
        stopListening = this.application.onEvent((event) => {
          if (event.name === 'job.changed') update(event.payload)
        })
        // The job may have ended before the listener was added.
        void this.call('job.get', started).then(update)
      })
    } finally {
      stopListening()
      this.signal.removeEventListener('abort', cancel)
      line.end()
    }
    const job = await this.call('job.get', started)
    if (job.error !== null) throw fromErrorView(job.error)
    if (job.state !== 'done') throw new AppError('job.cancelled', {})
    return job.report as JobReports[K]
  }
}
