import type { Command } from 'commander'
import { resolve } from 'node:path'
import type { ExternalImportReport, ExternalSet } from '../../contract/index.ts'
import { print, printTable } from '../run.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

export function addExternalDescriptorCommands(program: Command): void {
  const descriptors = program
    .command('descriptors')
    .description('import and list descriptors made by another program (docs/external-descriptors.md)')

  descriptors
    .command('import')
    .description(
      'import a folder with the layout of the published system (ResNet-0.5-400/<image>.npy and so on)',
    )
    .argument('<folder>', 'folder with the descriptors')
    .requiredOption(...workspaceFlag)
    .requiredOption('--name <set>', 'name of the new set')
    .option(...jsonFlag)
    .action(async (folder: string, options: WorkspaceOptions & { name: string }) => {
      await runInWorkspace(
        options,
        async (context) => {
          const input = { directory: resolve(folder), name: options.name }
          const report = await context.finish<'import-descriptors'>(
            await context.call('descriptors.import', input),
          )
          if (report.failed.length > 0) process.exitCode = 1
          return report
        },
        presentImport,
      )
    })

  descriptors
    .command('list')
    .description('list the sets of a workspace')
    .requiredOption(...workspaceFlag)
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions) => {
      await runInWorkspace(options, (context) => context.call('descriptors.sets', {}), presentSets)
    })
}

const contents = ({ encoders, crops, augmentations }: ExternalSet): string =>
  `${encoders.join(', ')}; crops of ${crops.map(({ sizePx, scale }) => `${sizePx} at scale ${scale}`).join(', ')}; ${augmentations} augmentations`

function presentImport(report: ExternalImportReport): void {
  const { name, images, unchanged, withoutDescriptors, passedOver, failed } = report
  print(
    `The set "${name}" has the descriptors of ${images} images (${unchanged} already imported): ${contents(report)}.`,
  )
  if (withoutDescriptors > 0) print(`${withoutDescriptors} images of the workspace are not in the folder.`)
  if (passedOver.length > 0) print(`Ignored, not part of the layout: ${passedOver.join(', ')}.`)
  for (const failure of failed) print(`  left out: ${failure.path}: ${failure.message}`)
  print(
    'EXTERNAL DESCRIPTORS: Lobule does not know how they were made. Train on them with "lobule train --descriptors".',
  )
}

function presentSets(sets: readonly ExternalSet[]): void {
  if (sets.length === 0) print('This workspace has no external descriptors.')
  else
    printTable([
      ['name', 'contents', 'imported'],
      ...sets.map((set) => [set.name, contents(set), set.importedAt]),
    ])
}
