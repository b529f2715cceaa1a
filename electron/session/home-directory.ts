import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import envPaths from 'env-paths'

/** Beside the program, a file with this name makes it portable: `Lobule-data` beside it is the data folder. */
const portableMark = 'portable'

/** Where a program is, for the search of the mark; tests replace it. */
interface Program {
  readonly executable: string
  readonly platform: NodeJS.Platform
  /** The file that an AppImage was started from; its own executable is in a mounted folder. */
  readonly appImage: string | undefined
}

const thisProgram = (): Program => ({
  executable: process.execPath,
  platform: process.platform,
  appImage: process.env['APPIMAGE'],
})

/** The data folder of a portable copy of the program, as on a stick; null: it is installed. */
export function portableHome({ executable, platform, appImage }: Program = thisProgram()): string | null {
  const besideApp = /^(.*)\/[^/]+\.app\/Contents\/MacOS\/[^/]+$/.exec(executable)?.[1]
  const folder =
    platform === 'darwin' && besideApp !== undefined ? besideApp : dirname(appImage ?? executable)
  return existsSync(join(folder, portableMark)) ? join(folder, 'Lobule-data') : null
}

/**
 * The user's data folder, the same for every entry point: settings, encoders and logs. LOBULE_HOME sets another one,
 * and so does the policy of the computer, through that variable (session/policy.ts); a portable copy has its own.
 */
export const homeDirectory = (): string =>
  process.env['LOBULE_HOME'] ?? portableHome() ?? envPaths('Lobule', { suffix: '' }).data
