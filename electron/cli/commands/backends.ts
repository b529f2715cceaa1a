import { Argument, type Command } from 'commander'
import { resolve } from 'node:path'
import {
  installableKey,
  installableNames,
  type BackendInstallReport,
  type InstallableBackend,
  type InstallableName,
} from '../../contract/index.ts'
import type { CommandContext } from '../context.ts'
import { print, printTable, runCommand, type CommonOptions } from '../run.ts'
import { jsonFlag } from './workspace.ts'

type Listed = Awaited<ReturnType<typeof listBackends>>
const listBackends = (context: CommandContext) => context.call('backend.list', {})

interface InstallOptions extends CommonOptions {
  cpu?: true
  from?: string
  yes?: true
}

/** What was agreed to, or the terms that were not. */
type InstallAnswer = { report: BackendInstallReport } | { offer: InstallableBackend; freeBytes: number }

/** `lobule backends list`, `install` and `remove`. */
export function addBackendCommands(program: Command): void {
  const backends = program
    .command('backends')
    .description('install TensorFlow, or CUDA for ONNX Runtime: both can encode on a GPU of NVIDIA')
  backends
    .command('list')
    .description('list what can be installed, with sizes and licences, and what is')
    .option(...jsonFlag)
    .action(async (options: CommonOptions) => {
      await runCommand(options, listBackends, presentList)
    })
  backends
    .command('install')
    .description('download, check and install a back-end')
    .addArgument(new Argument('<name>', 'what to install').choices(installableNames))
    .option('--cpu', 'the TensorFlow that computes on the processor: smaller, and without files of NVIDIA')
    .option('--from <folder>', 'take the files from a folder, for a computer without a network')
    .option('--yes', 'agree to the licences, which are printed')
    .option(...jsonFlag)
    .addHelpText('after', '\nAn interrupted download resumes when you run the command again.')
    .action(async (name: InstallableName, options: InstallOptions) => {
      await runCommand(options, (context) => install(context, name, options), presentInstall)
    })
  backends
    .command('remove')
    .description('remove an installed back-end, and its downloads')
    .addArgument(new Argument('<name>', 'what to remove').choices(installableNames))
    .option(...jsonFlag)
    .action(async (name: InstallableName, options: CommonOptions) => {
      await runCommand(
        options,
        async (context) => context.finish<'backends'>(await context.call('backend.remove', { name })),
        presentReport,
      )
    })
}

async function install(
  context: CommandContext,
  name: InstallableName,
  { cpu, from, yes }: InstallOptions,
): Promise<InstallAnswer> {
  const device = cpu === true ? 'processor' : 'gpu'
  const folder = from === undefined ? null : resolve(from)
  const { offers, freeBytes } = await listBackends(context)
  const offer = offers.find((one) => installableKey(one) === installableKey({ name, device }))
  if (offer !== undefined && offer.problem === null && yes !== true) {
    process.exitCode = 1
    return { offer, freeBytes }
  }
  const started = await context.call('backend.install', { name, device, folder })
  return { report: await context.finish<'backends'>(started) }
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`

function presentInstall(answer: InstallAnswer): void {
  if ('report' in answer) {
    presentReport(answer.report)
    return
  }
  presentOffer(answer.offer)
  print(
    `Free on the disk: ${megabytes(answer.freeBytes)}. Nothing was installed. If you agree to these licences, repeat the command with --yes.`,
  )
}

function presentReport({ title, action, bytes, note }: BackendInstallReport): void {
  print(action === 'installed' ? `Installed: ${title}, ${megabytes(bytes)}.` : `Removed: ${title}.`)
  if (note !== null) print(`  ${note}.`)
  if (action === 'installed') print('  Test it with your encoders: lobule doctor --measure')
}

function presentOffer({ title, version, downloadBytes, diskBytes, parts }: InstallableBackend): void {
  print(`${title} ${version}: download ${megabytes(downloadBytes)}, on the disk ${megabytes(diskBytes)}.`)
  for (const { project, bytes, licence, holder } of parts)
    print(`  ${project}, ${megabytes(bytes)}: ${licence}, ${holder}`)
}

function presentList({ offers, freeBytes }: Listed): void {
  printTable([
    ['name', 'what', 'version', 'download', 'on the disk', 'state'],
    ...offers.map(({ name, device, title, version, downloadBytes, diskBytes, installedAt, problem }) => [
      device === 'processor' ? `${name} --cpu` : name,
      title,
      version,
      megabytes(downloadBytes),
      megabytes(diskBytes),
      installedAt !== null ? 'installed' : (problem ?? 'not installed'),
    ]),
  ])
  const holders = [
    ...new Set(offers.flatMap(({ parts }) => parts.map(({ holder, licence }) => `${holder} (${licence})`))),
  ]
  print(`Licences: ${holders.join('; ')}. Free on the disk: ${megabytes(freeBytes)}.`)
}
