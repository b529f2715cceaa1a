import type { Command } from 'commander'
import { dirname, join, resolve } from 'node:path'
import { releaseKey } from '../../features/update/release-key.ts'
import { verifyRelease } from '../../features/update/verify-release.ts'
import { version } from '../context.ts'
import { print, printJson, reportFailure, type CommonOptions } from '../run.ts'
import { jsonFlag } from './workspace.ts'

/** The name of the signed list beside the files of a release (electron/setup/release-manifest.mjs). */
const manifestName = 'lobule-release.json'

/** `lobule update verify`. */
export function addUpdateCommands(program: Command): void {
  program
    .command('update')
    .description('check a newer version before it is installed; nothing is downloaded')
    .command('verify')
    .description('check that a file is the published one, by the signed manifest of its release')
    .argument('<file>', 'installer or archive')
    .option(
      '--manifest <file>',
      `signed list of the release's files; default: ${manifestName} beside the file`,
    )
    .option(...jsonFlag)
    .action(async (given: string, options: CommonOptions & { manifest?: string }) => {
      const file = resolve(given)
      try {
        const manifest = resolve(options.manifest ?? join(dirname(file), manifestName))
        const found = await verifyRelease({ file, manifest, installed: version, key: releaseKey })
        if (options.json === true) printJson(found)
        else
          print(
            `This is ${found.name} of Lobule ${found.version} (${found.date}), as it was published.`,
            `sha256 ${found.sha256}, ${found.bytes} bytes. Version ${found.installed} is installed.`,
          )
      } catch (error) {
        reportFailure(error, options)
      }
    })
}
