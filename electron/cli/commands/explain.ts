import { InvalidArgumentError, type Command } from 'commander'
import { extname, resolve } from 'node:path'
import { AppError, researchUseSentence, weightsWarning, type Explanation } from '../../contract/index.ts'
import type { CommandContext } from '../context.ts'
import { percent, print, printTable } from '../run.ts'
import { findOrImport } from './find-or-import.ts'
import { refuseExisting, replaceFlag } from './replacing.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface ExplainOptions extends WorkspaceOptions {
  model?: string
  class?: string
  out?: string
  replace?: boolean
  opacity: number
}

type ExplainAnswer = Explanation & {
  /** The file that was written, and the class that a picture shows. */
  written: { path: string; className: string | null } | null
}

const extensions = ['.png', '.npy', '.json']

function outputPath(path: string): string {
  if (extensions.includes(extname(path).toLowerCase())) return path
  throw new InvalidArgumentError('It must end in .png, .npy or .json.')
}

function opacity(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('It must be a number from 0 to 1.')
}

export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .description('create a heat map: the class probabilities at each position of an image')
    .argument(
      '<image>',
      'an image file, or the number, file name or start of the SHA-256 of an image in the workspace',
    )
    .requiredOption(...workspaceFlag)
    .option('--model <name>', 'model name (default: the model in use)')
    .option(
      '--class <name>',
      'class to show in a .png file (default: the class with the largest mean over the map)',
    )
    .option(
      '--out <file>',
      'file to write: an image (.png), or the probabilities of all classes (.npy, .json)',
      outputPath,
    )
    .option(...replaceFlag)
    .option('--opacity <share>', 'opacity of the map over the image, 0 to 1', opacity, 0.5)
    .option(...jsonFlag)
    .addHelpText(
      'after',
      '\nA .npy file contains one map per class, in the order of the classes. A file that is not in the workspace is' +
        '\nimported without a label. docs/explanation.md describes how heat maps are made and their limits.',
    )
    .action(async (image: string, options: ExplainOptions) => {
      await runInWorkspace(options, (context) => explain(context, image, options), present)
    })
}

async function explain(
  context: CommandContext,
  imageName: string,
  options: ExplainOptions,
): Promise<ExplainAnswer> {
  refuseExisting(options.out, options.replace)
  const imageId = await findOrImport(context, imageName)
  const key = { imageId, model: options.model ?? null }
  await context.finish<'explain'>(await context.call('explanation.create', key))
  const explanation = await context.call('explanation.get', key)
  if (explanation === null) throw new AppError('explanation.none', { image: imageName })
  if (options.out === undefined) return { ...explanation, written: null }
  const { opacity, replace } = options
  const out = { className: options.class ?? null, path: resolve(options.out), replace, opacity }
  return { ...explanation, written: await context.call('explanation.write', { ...key, ...out }) }
}

function present(answer: ExplainAnswer): void {
  const { fileName, modelName, rows, columns, cellWidthPx, pixelSizeUm, squares, classes, probabilities } =
    answer
  const length = (px: number): string =>
    pixelSizeUm === null ? `${Math.round(px)} px` : `${Math.round(px * pixelSizeUm)} um`
  const edges = [...new Set(squares.map(({ squarePx }) => length(squarePx)))].join(' and ')
  print(
    `${fileName} by the model "${modelName}": ${columns} x ${rows} positions, ${length(cellWidthPx)} apart,`,
  )
  print(`each classified from squares of ${edges} around it.`)
  printTable([
    ['class', 'lowest', 'mean', 'highest'],
    ...classes.map((name, c) => {
      const values = (probabilities[c] ?? []).flat()
      const mean = values.reduce((sum, p) => sum + p, 0) / values.length
      return [name, percent(Math.min(...values)), percent(mean), percent(Math.max(...values))]
    }),
  ])
  if (answer.written !== null) {
    const { path, className } = answer.written
    print(`${path} written${className === null ? '' : `: ${className}`}.`)
  }
  if (answer.mode === 'crops') print('The model was trained on crops, but heat maps use dense encoding.')
  const warning = weightsWarning(answer.weights)
  if (warning !== null) print(warning)
  print(researchUseSentence)
}
