import type { Command } from 'commander'
import { resolve } from 'node:path'
import {
  weightsWarning,
  type ExportReport,
  type ModelImportReport,
  type PackagePreview,
} from '../../contract/index.ts'
import { print, printTable } from '../run.ts'
import { replaceFlag } from './replacing.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

/** `lobule models export`, `inspect` and `import`. */
export function addModelPackageCommands(models: Command): void {
  models
    .command('export')
    .description('export a model to one file that any workspace can import')
    .argument('<name>', 'model name')
    .requiredOption(...workspaceFlag)
    .requiredOption('--out <file>', 'a .zip file')
    .option(...replaceFlag)
    .option(...jsonFlag)
    .action(async (model: string, options: WorkspaceOptions & { out: string; replace?: boolean }) => {
      await runInWorkspace(
        options,
        async (context) => {
          const { out, replace } = options
          const started = await context.call('model.export', { model, path: resolve(out), replace })
          return context.finish<'export-model'>(started)
        },
        presentExport,
      )
    })
  models
    .command('inspect')
    .description('show what such a file says about its model, with its model card, and import nothing')
    .argument('<file>', 'a .zip file')
    .requiredOption(...workspaceFlag)
    .option('--card', 'print the model card alone, to be written to a file')
    .option(...jsonFlag)
    .action(async (file: string, options: WorkspaceOptions & { card?: boolean }) => {
      await runInWorkspace(
        options,
        (context) => context.call('model.preview', { path: resolve(file) }),
        (preview) => presentPreview(preview, options.card === true),
      )
    })
  models
    .command('import')
    .description('import a model from such a file')
    .argument('<file>', 'a .zip file')
    .requiredOption(...workspaceFlag)
    .option('--name <name>', 'new name (default: the name in the file)')
    .option(...jsonFlag)
    .action(async (file: string, options: WorkspaceOptions & { name?: string }) => {
      await runInWorkspace(
        options,
        async (context) => {
          const { name = null } = options
          const started = await context.call('model.import', { path: resolve(file), name })
          return context.finish<'import-model'>(started)
        },
        presentImport,
      )
    })
}

function presentExport({
  model,
  path,
  bytes,
  sha256,
  boosters,
  weights,
  terms = [],
  researchUse,
}: ExportReport): void {
  print(`Model "${model}", ${boosters} classifiers, written to ${path} (${(bytes / 1e6).toFixed(1)} MB).`)
  print(`sha256 ${sha256}`)
  print(
    'Its report contains names of image files and cases, and its model card names of readers. Check report.json and card.md before you share it.',
  )
  const warning = weightsWarning(weights)
  if (warning !== null) print(warning)
  for (const sentence of terms) print(`Licence of its encoder: ${sentence}`)
  print(researchUse)
}

function presentPreview(preview: PackagePreview, isCardAlone: boolean): void {
  const { name, trainedAt, recipe, classes, weights, boosters, version, card } = preview
  if (!isCardAlone) {
    print(`Model "${name}", trained ${trainedAt} with the recipe ${recipe}: ${boosters} classifiers.`)
    print(`Classes: ${classes.join(', ')}. Weights: ${weights}. Format of the package: ${version}.`)
  }
  print(...(card ?? 'Packages of this format have no model card.').trimEnd().split('\n'))
}

const states: Record<ModelImportReport['needs'][number]['state'], string> = {
  installed: 'installed',
  missing: 'NOT INSTALLED: the model cannot be used yet',
  other: 'DIFFERENT WEIGHTS ARE INSTALLED: the model cannot be used with them',
}

function presentImport(report: ModelImportReport): void {
  print(`Model "${report.model}": ${report.boosters} classifiers, trained on ${report.images} images.`)
  print(`sha256 ${report.sha256}`)
  if (report.imagesHere > 0) {
    print(
      `${report.imagesHere} of its training images are in this workspace; for each, only classifiers that were not trained on it are used.`,
    )
  }
  printTable([
    ['needs', 'weights', ''],
    ...report.needs.map(({ encoder, fingerprint, state }) => [encoder, fingerprint, states[state]]),
  ])
  for (const sentence of report.terms ?? []) print(`Licence of its encoder: ${sentence}`)
  for (const warning of report.warnings) print(warning)
  print(report.researchUse)
}
