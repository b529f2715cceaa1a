import type { Command } from 'commander'
import { resolve } from 'node:path'
import {
  hasCode,
  type BackupCheckReport,
  type BackupReport,
  type RestoreReport,
} from '../../contract/index.ts'
import type { CommandContext } from '../context.ts'
import { exitCodes, print, runCommand, type CommonOptions } from '../run.ts'
import { jsonFlag, openWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

/** @param workspace the command `lobule workspace` */
export function addBackupCommands(workspace: Command): void {
  addRescueCommand(workspace)
  workspace
    .command('backup')
    .description('write the whole workspace into one file, also while it is in use')
    .requiredOption(...workspaceFlag)
    .requiredOption('--out <file>', 'file to write (.tar)')
    .option('--replace', 'replace the file if it exists')
    .option('--without-derived', 'leave out what can be computed again: descriptors and heat maps')
    .option(...jsonFlag)
    .action(
      async (options: WorkspaceOptions & { out: string; replace?: boolean; withoutDerived?: boolean }) => {
        const { out, replace = false, withoutDerived = false } = options
        await runCommand(
          options,
          async (context) => {
            const elsewhere = await openUnlessInUse(context, options)
            const input = { path: resolve(out), replace, withDerived: !withoutDerived, workspace: elsewhere }
            const report = await context.finish<'backup'>(await context.call('backup.create', input))
            if (report.problems.length > 0) process.exitCode = exitCodes.failed
            return report
          },
          presentBackup,
        )
      },
    )
  workspace
    .command('verify')
    .description('read a whole backup and check it; exit code 1 if there is a problem')
    .argument('<file>', 'backup to check')
    .option(...jsonFlag)
    .action(async (file: string, options: CommonOptions) => {
      await runCommand(
        options,
        async (context) => {
          const started = await context.call('backup.verify', { path: resolve(file) })
          const report = await context.finish<'verify-backup'>(started)
          if (report.problems.length > 0) process.exitCode = exitCodes.failed
          return report
        },
        presentCheck,
      )
    })
  workspace
    .command('restore')
    .description('make a new workspace of a backup; never writes over an existing folder')
    .argument('<file>', 'backup to restore')
    .requiredOption('-w, --workspace <folder>', 'folder of the new workspace; it must not exist')
    .option(...jsonFlag)
    .action(async (file: string, options: WorkspaceOptions) => {
      await runCommand(
        options,
        async (context) => {
          const input = { path: resolve(file), directory: resolve(options.workspace) }
          return context.finish<'restore'>(await context.call('backup.restore', input))
        },
        presentRestore,
      )
    })
}

function addRescueCommand(workspace: Command): void {
  workspace
    .command('rescue')
    .description(
      'save a workspace whose database was deleted while another Lobule has it open, as a new workspace (Linux)',
    )
    .requiredOption(...workspaceFlag)
    .requiredOption('--out <folder>', 'folder of the new workspace; it must not exist')
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { out: string }) => {
      await runCommand(
        options,
        (context) =>
          context.call('backup.rescue', {
            directory: resolve(options.out),
            workspace: resolve(options.workspace),
          }),
        ({ directory, files, missing }) => {
          print(
            `Rescued ${directory}: ${files} files. Now verify its audit trail with "lobule audit verify".`,
          )
          presentProblems(missing)
        },
      )
    })
}

/** null: the workspace is open here; its path: another process has it open, and it is only read. */
async function openUnlessInUse(context: CommandContext, options: WorkspaceOptions): Promise<string | null> {
  try {
    await openWorkspace(context, options)
    return null
  } catch (error) {
    if (!hasCode(error, 'workspace.locked')) throw error
    return resolve(options.workspace)
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

const stateOf = ({ header }: Pick<BackupCheckReport, 'header'>): string =>
  `"${header.workspace.name}" as of ${header.madeAt}: ${header.images} images, ${header.labels} label entries, ${header.models} models`

function presentBackup(report: BackupReport): void {
  const { path, bytes, files, sha256, isRecorded, problems } = report
  print(`${path}: ${stateOf(report)}.`)
  print(`${files} files, ${megabytes(bytes)}, read back and whole. SHA-256 ${sha256}`)
  if (!isRecorded)
    print(
      'Its audit trail has no event of this backup: the workspace is in use elsewhere, or may only be read.',
    )
  presentProblems(problems)
}

function presentCheck(report: BackupCheckReport): void {
  const { path, files, bytes, sha256, problems } = report
  print(`${path} is whole: ${stateOf(report)}; ${files} files, ${megabytes(bytes)}. SHA-256 ${sha256}`)
  presentProblems(problems)
}

function presentProblems(problems: readonly string[]): void {
  for (const problem of problems) print(`  ${problem}`)
}

function presentRestore(report: RestoreReport): void {
  const { directory, files, bytes, lostEvents } = report
  print(`Restored ${directory} from ${stateOf(report)}; ${files} files, ${megabytes(bytes)}.`)
  if (lostEvents > 0)
    print(
      `This computer had seen ${lostEvents} later events of this workspace, which the backup does not have.`,
    )
}
