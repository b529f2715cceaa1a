import type { Command } from 'commander'
import {
  weightsMark,
  researchUseSentence,
  type AccuracyInUse,
  type ModelComparison,
  type ModelReport,
  type ModelView,
} from '../../contract/index.ts'
import type { CommandContext } from '../context.ts'
import { fileFormat } from '../../report/format.ts'
import { inUseSections, inUseSentence } from '../../report/model/in-use.ts'
import type { Text } from '../../report/report-model.ts'
import { comparisonSentence, trustItems } from '../../report/model/trust.ts'
import { percent, print, printTable } from '../run.ts'
import { addModelPackageCommands } from './model-packages.ts'
import { addPromotionCommands } from './model-promotions.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

export function addModelsCommands(program: Command): void {
  const models = program.command('models').description('list, compare and report on models')
  /** Adds a command that needs a workspace and has no options of its own. */
  const add = <T>(
    usage: string,
    description: string,
    work: (context: CommandContext, names: string[]) => Promise<T>,
    present: (answer: T) => void,
  ): void => {
    models
      .command(usage)
      .description(description)
      .requiredOption(...workspaceFlag)
      .option(...jsonFlag)
      .action(async (...parameters: unknown[]) => {
        // Commander passes the arguments, then the options, then the command itself.
        const options = parameters.at(-2) as WorkspaceOptions
        const names = parameters.slice(0, -2).filter((name) => typeof name === 'string')
        await runInWorkspace(options, (context) => work(context, names), present)
      })
  }
  addModelPackageCommands(models)
  addPromotionCommands(models)
  add('list', 'list the models, newest first', (context) => context.call('model.list', {}), presentModels)
  add('show [name]', 'show the report of a model (default: the model in use)', showReport, presentReport)
  add(
    'in-use [name]',
    'compare suggestions with the labels given after them, by model and week (default: every model)',
    (context, [name]) => context.call('model.accuracyInUse', { model: name ?? null }),
    presentInUse,
  )
  add(
    'compare <first> <second>',
    'compare two models on images that both were trained on, out of fold',
    (context, [first = '', second = '']) => context.call('model.compare', { first, second }),
    presentComparison,
  )
  add(
    'threshold <name> <score>',
    'set the operating point of the carcinoma score, 0 to 1',
    (context, [model = '', score = '']) =>
      context.call('model.setOperatingPoint', { model, threshold: score === '' ? NaN : Number(score) }),
    () => print('Operating point saved. It applies to suggestions made from now on.'),
  )
}

function presentModels(models: readonly ModelView[]): void {
  printTable([
    ['', 'name', 'recipe', 'weights', 'images', 'regions', 'cases', 'folds by', 'accuracy', 'trained'],
    ...models.map((model) => [
      model.inUse === true ? '*' : model.isCandidate === true ? '?' : '',
      model.name,
      model.recipe.name,
      weightsMark(model.weights),
      String(model.images),
      model.regions === undefined || model.regions === 0 ? '' : String(model.regions),
      String(model.cases),
      model.groupedBy,
      percent(model.accuracy),
      model.createdAt.slice(0, 10),
    ]),
  ])
  if (models.length > 0) print('* in use; ? candidate: not in use, and no one has decided on it yet')
}

async function showReport(
  context: CommandContext,
  [name]: readonly string[],
): Promise<ModelReport & { accuracyInUse: AccuracyInUse | null }> {
  const report = await context.call('model.report', { model: name ?? null })
  const [accuracyInUse = null] = await context.call('model.accuracyInUse', { model: report.model })
  return { ...report, accuracyInUse }
}

function presentInUse(models: readonly AccuracyInUse[]): void {
  for (const inUse of models) {
    print(`Model "${inUse.model}"`, inUseSentence(inUse, fileFormat))
    for (const { blocks } of inUseSections(inUse, { format: fileFormat, titleOf: (encoder) => encoder })) {
      for (const block of blocks) {
        if (block.kind !== 'table') continue
        print('')
        printTable(
          [block.columns.map(({ title }) => title), ...block.rows.map(({ cells }) => cells)].map(plain),
        )
      }
    }
    print('')
  }
}

/** Cells of these tables are plain texts. */
const plain = (cells: readonly Text[]): string[] => cells.filter((cell) => typeof cell === 'string')

function presentReport(report: ModelReport & { accuracyInUse: AccuracyInUse | null }): void {
  const { table, evaluation } = report
  if (report.accuracyInUse !== null) print(inUseSentence(report.accuracyInUse, fileFormat))
  print(`Model "${report.model}", trained ${report.trainedAt}.`, report.headline, '')
  printTable(
    trustItems(report, fileFormat).map(({ question, answer, tone }) => [
      tone === 'warning' ? '!' : '',
      question,
      answer,
    ]),
  )
  print('')
  printTable([
    ['', ...table.fusion.perFold.map((_, fold) => `fold ${fold}`), 'mean', 'std'],
    ...[
      ...table.rows.map(({ encoder, sizePx, scale, ...row }) => ({
        name: `${encoder} ${sizePx}${scale === 0.5 ? '' : ` @ ${scale}`}`,
        ...row,
      })),
      { name: 'model fusion', ...table.fusion },
    ].map(({ name, perFold, mean, std }) => [
      name,
      ...[...perFold, mean, std].map((value) => value.toFixed(1)),
    ]),
  ])
  const { accuracy, auc } = evaluation.bootstrap
  print(
    '',
    `Accuracy ${percent(evaluation.accuracy)}; 95 % over ${evaluation.bootstrap.over}s: ${accuracy.low.toFixed(3)} to ${accuracy.high.toFixed(3)}.`,
  )
  if (evaluation.auc !== null) {
    const interval = auc === null ? '' : `; 95 %: ${auc.low.toFixed(3)} to ${auc.high.toFixed(3)}`
    print(`AUC ${evaluation.auc.toFixed(3)}${interval}.`)
  }
  print(`Operating point ${report.operatingPoint}.`)
  print(report.intendedUse, researchUseSentence)
}

function presentComparison(comparison: ModelComparison): void {
  const { first, second, images, relabelled, bothRight, onlyFirstRight, onlySecondRight, bothWrong } =
    comparison
  print(`${images} images were used to train both models; ${relabelled} of them have different labels.`)
  print(
    `Both correct: ${bothRight}; only "${first}": ${onlyFirstRight}; only "${second}": ${onlySecondRight}; neither: ${bothWrong}.`,
  )
  print(comparisonSentence(comparison, fileFormat))
  if (comparison.flips.length === 0) return
  printTable([
    ['image', 'label', first, second, 'correct'],
    ...comparison.flips.map((flip) => [
      flip.image,
      flip.truth,
      flip.first,
      flip.second,
      flip.right === 'first' ? first : flip.right === 'second' ? second : '-',
    ]),
  ])
}
