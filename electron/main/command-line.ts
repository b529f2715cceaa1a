import { join } from 'node:path'
import { makePrivateFolderSync } from '../base/private-files.ts'
import { launchComputeBy } from '../cli/context.ts'
import { runCommandLine } from '../cli/index.ts'
import type { ElectronParts } from './desktop.ts'
import { refusedParameter } from './guards.ts'
import { refusedParameterText } from './sentences.ts'
import { utilityCompute } from './utility-compute.ts'

export interface PackagedCommand {
  /** Everything that the program was started with, for the refusal of switches that would let others in. */
  parameters: readonly string[]
  /** The command with its arguments (command-line-parameters.ts). */
  words: readonly string[]
  homeDirectory: string
}

/**
 * Runs one command of the packaged program: the same code as with Node, in Electron's main process, without a window.
 * To be called before Electron is ready, and not awaited at the top level of the first module, for whose end Electron
 * waits.
 * @returns the exit code
 */
export async function runPackagedCommand(
  { app, utilityProcess }: Pick<ElectronParts, 'app' | 'utilityProcess'>,
  { parameters, words, homeDirectory }: PackagedCommand,
): Promise<number> {
  const refused = app.isPackaged ? refusedParameter(parameters) : null
  if (refused !== null) {
    process.stderr.write(`${refusedParameterText(refused)}\n`)
    return 2
  }
  // Not the window's folder, which may be open.
  const chromiumData = join(homeDirectory, 'command-line')
  makePrivateFolderSync(chromiumData)
  app.setPath('userData', chromiumData)
  app.disableHardwareAcceleration()
  // Electron takes an interrupt as a wish to quit; a command decides itself what it means.
  app.on('before-quit', (event) => {
    event.preventDefault()
    process.emit('SIGINT')
  })
  launchComputeBy((script) => utilityCompute(utilityProcess, script, ['ignore', 'ignore', 'inherit']))
  await app.whenReady()
  await runCommandLine(words)
  // An exit drops what a pipe has not taken yet.
  await Promise.all([process.stdout, process.stderr].map(flushed))
  return Number(process.exitCode ?? 0)
}

const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => stream.write('', () => resolve()))
