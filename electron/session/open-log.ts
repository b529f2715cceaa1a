import { platform, release } from 'node:os'
import { join } from 'node:path'
import { asLogLevel, log, openLog } from '../base/log.ts'

/** The folder of the logs: LOBULE_LOG_FOLDER, which the policy may set, or `logs` in the data folder. */
export const logFolder = (homeDirectory: string): string => {
  const named = process.env['LOBULE_LOG_FOLDER'] ?? ''
  return named === '' ? join(homeDirectory, 'logs') : named
}

/** Begins the log of an entry point. Its compute processes log to the same folder, which they get by their environment. */
export function openProgramLog(
  homeDirectory: string,
  version: string,
  door: 'window' | 'browser' | 'command line',
): void {
  const folder = logFolder(homeDirectory)
  process.env['LOBULE_LOG_FOLDER'] = folder
  openLog(folder, asLogLevel(process.env['LOBULE_LOG_LEVEL']))
  const os = `${platform()} ${release()} ${process.arch}`
  log({ event: 'started', version, door, node: process.versions.node, os })
}
