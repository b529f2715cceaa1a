import { InvalidArgumentError, Option, type Command } from 'commander'
import { resolve } from 'node:path'
import {
  AppError,
  removedFromTestSet,
  subgroupColumns,
  type CallInput,
  type OpeningReport,
  type SubgroupColumn,
  type TableEncoding,
  type TestSetOpening,
  type TestSetView,
} from '../../contract/index.ts'
import { readBoundedFile } from '../../base/bounded-file.ts'
import { tableLimits } from '../../base/csv.ts'
import { textOf } from '../../base/table-text.ts'
import { fileFormat } from '../../report/format.ts'
import { leftOutSentence, openedAccuracy, openedSentence } from '../../report/model/test-sets.ts'
import type { CommandContext } from '../context.ts'
import { percent, print, printTable } from '../run.ts'
import { encodingAdvice, encodingOption, type EncodingOptions } from './encoding-option.ts'
import { findImage } from './labels.ts'
import { readTableValues } from './subgroups.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface LockOptions extends WorkspaceOptions, EncodingOptions {
  cases?: string[]
  casesFile?: string
  images?: string[]
  random?: number
  seed: number
  later?: true
  by?: SubgroupColumn
  table?: string
  column?: string
  value?: string
  reason: string
}

/** `lobule test-set`: images that no model may be trained on. */
export function addTestSetCommands(program: Command): void {
  const testSet = program
    .command('test-set')
    .description('lock images away from every training, and test models on them')
  const command = (usage: string, description: string): Command =>
    testSet
      .command(usage)
      .description(description)
      .requiredOption(...workspaceFlag)
      .option(...jsonFlag)
  const reasonFlag = ['--reason <text>', 'reason; saved in the audit trail'] as const

  command(
    'lock <name>',
    'lock a test set; give one of --cases, --cases-file, --images, --by, --table, --random, --later',
  )
    .option('--cases <name...>', 'all images of these cases, also those that are imported later')
    .option('--cases-file <file>', 'the same, with one case name on each line of a text file')
    .option(
      '--images <image...>',
      'these images (number, path, file name or start of the SHA-256), and their cases',
    )
    .option('--random <percent>', 'this share of the labelled cases, drawn at random by class', share)
    .addOption(new Option('--seed <number>', 'seed of the random draw').argParser(seed).default(0))
    .addOption(
      new Option('--by <column>', 'images with the value of --value in this column').choices(subgroupColumns),
    )
    .option('--table <file>', 'the same with a CSV file that has the columns "case" or "file", and others')
    .option('--column <name>', 'the column of the table, such as the site')
    .option('--value <text>', 'the value of the images to lock')
    .addOption(encodingOption('the file of --cases-file or --table'))
    .option('--later', 'every image that is imported from now on, until "test-set close"')
    .requiredOption(...reasonFlag)
    .action(async (name: string, options: LockOptions) => {
      const ruleIn = ruleOf(options)
      if (ruleIn === null) return testSet.error(oneRule)
      await runInWorkspace(
        options,
        async (context) =>
          context.call('testSet.lock', { name, rule: await ruleIn(context), reason: options.reason }),
        (set) => present([set]),
      )
    })
  command('show [name]', 'show the test sets, or one of them with what its last opening found').action(
    (name: string | undefined, options: WorkspaceOptions) =>
      runInWorkspace(options, (context) => show(context, name), presentShown),
  )
  command('open <name>', 'test a model on the locked images; recorded in the audit trail')
    .option('--model <name>', 'model name (default: the model in use)')
    .requiredOption(...reasonFlag)
    .option('--again', 'although it was opened for this model before; every report says so')
    .action((name: string, options: WorkspaceOptions & { model?: string; reason: string; again?: boolean }) =>
      runInWorkspace(
        options,
        async (context) => {
          const { model = null, reason, again } = options
          const started = await context.call('testSet.open', { testSet: name, model, reason, again })
          const { id } = await context.finish<'open-test-set'>(started)
          return context.call('testSet.opening', { openingId: id })
        },
        presentOpening,
      ),
    )
  command('close <name>', 'end the collecting of later images').action(
    (name: string, options: WorkspaceOptions) =>
      runInWorkspace(
        options,
        (context) => context.call('testSet.close', { testSet: name }),
        (set) => present([set]),
      ),
  )
  command('release <name>', 'release a test set for good: its images may be trained on from then on')
    .requiredOption(...reasonFlag)
    .action((name: string, options: WorkspaceOptions & { reason: string }) =>
      runInWorkspace(
        options,
        (context) => context.call('testSet.release', { testSet: name, reason: options.reason }),
        (set) => present([set]),
      ),
    )
}

function share(text: string): number {
  const value = Number(text.replace(/\s*%$/, ''))
  if (!(value >= 1 && value <= 90)) throw new InvalidArgumentError('It must be a percentage from 1 to 90.')
  return value / 100
}

function seed(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('It must be a whole number from 0.')
  return value
}

type Rule = CallInput<'testSet.lock'>['rule']

const oneRule =
  'error: give exactly one of --cases, --cases-file, --images, --by (with --value), --table (with --column and --value), --random and --later'

/** The rule that the options name; null: none, or several. */
function ruleOf(options: LockOptions): ((context: CommandContext) => Rule | Promise<Rule>) | null {
  const { cases, casesFile, images, random, later, by, table, column, value, encoding } = options
  if ((by !== undefined || table !== undefined) !== (value !== undefined)) return null
  if ((table === undefined) !== (column === undefined)) return null
  const rules = [
    cases && ((): Rule => ({ kind: 'cases', cases })),
    casesFile === undefined ? undefined : () => readCases(casesFile, encoding),
    images &&
      (async (context: CommandContext): Promise<Rule> => ({
        kind: 'images',
        imageIds: await findImages(context, images),
      })),
    random === undefined ? undefined : (): Rule => ({ kind: 'random', share: random, seed: options.seed }),
    by === undefined || value === undefined
      ? undefined
      : (): Rule => ({ kind: 'column', column: by, value, values: null }),
    table === undefined || column === undefined || value === undefined
      ? undefined
      : async (): Promise<Rule> => ({
          kind: 'column',
          column,
          value,
          values: await readTableValues(table, column, encoding),
        }),
    later && ((): Rule => ({ kind: 'later' })),
  ].filter((rule) => rule !== undefined)
  const [rule] = rules
  return rules.length === 1 ? (rule ?? null) : null
}

async function readCases(file: string, encoding: TableEncoding | undefined): Promise<Rule> {
  const path = resolve(file)
  const refuse = (reason: string): never => {
    throw new AppError('path.unreadable', { path, reason })
  }
  const bytes = await readBoundedFile(path, tableLimits.bytes, refuse)
  const cases = textOf(bytes, refuse, { encoding, advice: encodingAdvice })
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return { kind: 'cases', cases }
}

async function findImages(context: CommandContext, names: readonly string[]): Promise<number[]> {
  const found: number[] = []
  for (const name of names) found.push((await findImage(context, name)).id)
  return found
}

interface Shown {
  sets: TestSetView[]
  last: OpeningReport | null
}

async function show(context: CommandContext, name: string | undefined): Promise<Shown> {
  const sets = await context.call('testSet.list', {})
  if (name === undefined) return { sets, last: null }
  const set = sets.find((one) => one.name.toLowerCase() === name.trim().toLowerCase())
  if (set === undefined) throw new AppError('test-set.not-found', { testSet: name })
  const opening = set.openings.at(-1)
  return {
    sets: [set],
    last: opening === undefined ? null : await context.call('testSet.opening', { openingId: opening.id }),
  }
}

function presentShown({ sets, last }: Shown): void {
  present(sets)
  if (last !== null) {
    print('', 'The last opening:')
    presentOpening(last)
  }
}

const stateOf = ({ released, isCollecting }: TestSetView): string =>
  released !== null ? 'RELEASED' : isCollecting ? 'locked, takes later images' : 'locked'

function present(sets: readonly TestSetView[]): void {
  if (sets.length === 0) {
    print('No test set is locked. To lock one: lobule test-set lock NAME --random 20 --reason TEXT.')
    return
  }
  for (const set of sets) {
    const { name, images, cases, labelled, lockedAt, lockedBy, reason, openings } = set
    const opened = openedSentence(
      { openedTimes: openings.length, openedForModels: new Set(openings.map(({ model }) => model)).size },
      fileFormat,
    )
    print(
      `"${name}": ${stateOf(set)}; ${images} images, ${labelled} of them labelled, ${cases} cases; ${opened}.`,
      `  Locked ${lockedAt} by ${lockedBy ?? '-'}: ${reason}`,
    )
    if (set.released !== null) {
      const { at, reader, reason: why } = set.released
      print(`  Released ${at} by ${reader ?? '-'}: ${why}`)
    }
    const removed = removedFromTestSet(set)
    if (removed !== null) print(`  ${removed}`)
    if (set.suggestedBefore > 0) {
      print(`  ${set.suggestedBefore} of its images had a suggested class before they were locked.`)
    }
    for (const { model, images: count } of set.trainedModels) {
      print(
        `  The model "${model}" was trained on ${count} of its images or cases and is not tested on them.`,
      )
    }
    if (openings.length > 0) presentOpenings(openings)
  }
}

const presentOpenings = (openings: readonly TestSetOpening[]): void =>
  printTable([
    ['opening', 'model', 'when', 'by', 'images', 'cases', 'accuracy', '95 %', 'promised', 'reason'],
    ...openings.map((opening) => [
      String(opening.number),
      opening.model,
      opening.at,
      opening.reader ?? '-',
      String(opening.images),
      String(opening.cases),
      percent(opening.accuracy),
      `${percent(opening.interval.low)} to ${percent(opening.interval.high)}`,
      percent(opening.promised.accuracy),
      opening.reason,
    ]),
  ])

function presentOpening(report: OpeningReport): void {
  const { testSet, model, number, evaluation, predictionSets, promised } = report
  print(
    `Opening ${number} of "${testSet}", for the model "${model}": accuracy ${openedAccuracy(report, fileFormat)} on ${report.images} images of ${report.cases} cases.`,
    `Promised out of fold: ${percent(promised.accuracy)} (${percent(promised.interval.low)} to ${percent(promised.interval.high)}).`,
  )
  if (evaluation.auc !== null) print(`AUC ${evaluation.auc.toFixed(3)}.`)
  if (predictionSets !== null) {
    print(
      `Prediction sets made for ${fileFormat.wholePercent(predictionSets.level)} contained the label in ${percent(predictionSets.coverage)}.`,
    )
  }
  const leftOut = leftOutSentence(report, fileFormat)
  if (leftOut !== '') print(leftOut)
  if (number > 1) print('This test set was opened before: choose no model by these figures.')
  printTable([
    ['label', ...evaluation.classes],
    ...evaluation.classes.map((name, row) => [name, ...(evaluation.confusion[row] ?? []).map(String)]),
  ])
}
