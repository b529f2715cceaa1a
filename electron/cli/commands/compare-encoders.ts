import { InvalidArgumentError, Option, type Command } from 'commander'
import { resolve } from 'node:path'
import {
  AppError,
  classifierChoiceSchema,
  parseRecipeChanges,
  type CallInput,
  type ClassifierChoice,
  type EncoderComparison,
} from '../../contract/index.ts'
import { comparisonMethod, comparisonSection, conclusionSentences } from '../../report/encoder-comparison.ts'
import { fileFormat } from '../../report/format.ts'
import type { Inline, Text } from '../../report/report-model.ts'
import type { CommandContext } from '../context.ts'
import { print, printTable } from '../run.ts'
import { refuseExisting, replaceFlag } from './replacing.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface CompareOptions extends WorkspaceOptions {
  encoders?: string[]
  classifiers?: ClassifierChoice[]
  recipe?: string
  set?: string[]
  groupBy?: 'case' | 'image'
  last?: boolean
  out?: string
  replace?: boolean
}

export function addCompareEncoders(encoders: Command): void {
  encoders
    .command('compare')
    .description('compare the installed encoders and the classifiers on the labelled cases of a workspace')
    .requiredOption(...workspaceFlag)
    .option('--encoders <names>', 'encoders, separated by commas (default: all that are installed)', names)
    .option(
      '--classifiers <kinds>',
      `some of ${classifierChoiceSchema.options.join(', ')}, separated by commas (default: all)`,
      classifiers,
    )
    .option('--recipe <name>', 'recipe for everything but encoder and classifier (default: starter)')
    .option('--set <setting=value...>', 'changes to the recipe, as in "lobule train"')
    .addOption(new Option('--group-by <what>', 'as in "lobule train"').choices(['case', 'image']))
    .option('--last', 'show the last comparison; do not compare again')
    .option('--out <file>', 'also write it to a file: .html, .json or .csv')
    .option(...replaceFlag)
    .option(...jsonFlag)
    .addHelpText(
      'after',
      '\nAll use the same images and folds; locked test sets are left out. No model comes of it. A comparison that was stopped goes on where it was: run the command again.',
    )
    .action(async (options: CompareOptions) => {
      await runInWorkspace(options, (context) => compare(context, options), present)
    })
}

async function compare(context: CommandContext, options: CompareOptions): Promise<EncoderComparison> {
  const { last = false, out, replace = false } = options
  refuseExisting(out, replace)
  const comparison = last
    ? ((await context.call('model.encoderComparison', {}))?.comparison ?? null)
    : await context.finish<'compare-encoders'>(await context.call('model.compareEncoders', inputOf(options)))
  if (comparison === null) throw new AppError('encoder.no-comparison', {})
  if (out !== undefined) await context.call('model.writeEncoderComparison', { path: resolve(out), replace })
  return comparison
}

/** @throws AppError `recipe.*` */
function inputOf({
  encoders,
  classifiers: kinds,
  recipe,
  set,
  groupBy,
}: CompareOptions): CallInput<'model.compareEncoders'> {
  const { encoders: inSet, classifier, ...changes } = parseRecipeChanges(set ?? [])
  if (inSet !== undefined || classifier !== undefined) {
    const reason = 'encoders and classifiers of a comparison are set with --encoders and --classifiers'
    throw new AppError('recipe.invalid', { reason })
  }
  return {
    ...(recipe === undefined ? {} : { recipe }),
    changes,
    // Names are checked by the call.
    encoders: encoders ?? null,
    ...(kinds === undefined ? {} : { classifiers: kinds }),
    ...(groupBy === undefined ? {} : { groupBy }),
  }
}

const names = (text: string): string[] => text.split(',').map((name) => name.trim())

function classifiers(text: string): ClassifierChoice[] {
  const known = classifierChoiceSchema.array().safeParse(names(text))
  if (known.success) return known.data
  throw new InvalidArgumentError(`It must be some of ${classifierChoiceSchema.options.join(', ')}.`)
}

function present(comparison: EncoderComparison): void {
  print(...conclusionSentences(comparison, fileFormat))
  for (const { message } of comparison.leftOut) print(`  left out: ${message}`)
  for (const warning of comparison.warnings) print(`  ${warning}`)
  print('')
  for (const block of comparisonSection(comparison, fileFormat).blocks) {
    if (block.kind !== 'table') continue
    printTable([
      block.columns.map(({ title }) => plain(title)),
      ...block.rows.map(({ cells }) => cells.map(plain)),
    ])
  }
  print('', comparisonMethod(comparison.groupedBy))
  for (const { message } of comparison.failed) print(`  not compared: ${message}`)
}

const isList = (text: Text): text is readonly Inline[] => Array.isArray(text)

function plain(text: Text): string {
  return (isList(text) ? text : [text])
    .map((part) => (typeof part === 'string' ? part : 'text' in part ? part.text : part.name))
    .join('')
}
