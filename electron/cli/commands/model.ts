import { InvalidArgumentError, Option, type Command } from 'commander'
import { resolve } from 'node:path'
import {
  AppError,
  headlineOf,
  isUnlike,
  knownLikeness,
  parseEffort,
  recipeSettings,
  researchUseSentence,
  weightsWarning,
  type Effort,
  type Failure,
  type TrainReport,
  type VerdictView,
} from '../../contract/index.ts'
import { counted, fileFormat } from '../../report/format.ts'
import { reportWords } from '../../report/words.ts'
import { comparisonSentence, guessingSentence } from '../../report/model/trust.ts'
import type { CommandContext } from '../context.ts'
import { percent, print, printError, printTable } from '../run.ts'
import { recipeFlag } from './recipe-option.ts'
import { trainingSettings, type TrainingOptions } from './training-settings.ts'
import { refuseExisting, replaceFlag } from './replacing.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

/** One line of `classify --json`. */
interface ClassifiedImage {
  /** The path as it was given or found. */
  image: string
  suggested: string
  probabilities: Record<string, number>
  carcinomaScore: number | null
  weights: VerdictView['weights']
  model: string
  outOfFold: boolean
  boosters: number
  synthetic: boolean
  flags: VerdictView['flags']
  details: VerdictView['details']
  researchUse: string
}

interface TrainOptions extends WorkspaceOptions, TrainingOptions {
  name: string
  use?: true
}

export function addModelCommands(program: Command): void {
  program
    .command('train')
    .description('train a model on the labelled images of a workspace')
    .requiredOption(...workspaceFlag)
    .requiredOption('--name <name>', 'name of the new model')
    .option(...recipeFlag)
    .option(
      '--set <setting=value...>',
      `changes to the recipe, for example folds=5 crops=400,650; settings: ${recipeSettings.join(', ')}`,
    )
    .option('--again', 'start from the settings of the newest model that was trained in this workspace')
    .option('--descriptors <set>', 'train on the imported external descriptors with this name')
    .addOption(
      new Option(
        '--group-by <what>',
        'images to keep in one fold (default: those of a case if any image has one, otherwise each image alone)',
      ).choices(['case', 'image']),
    )
    .option(
      '--regions',
      'also train on labelled regions and places: fields of the size of a crop are cut from them',
    )
    .option('--no-regions', 'train on whole images only (default, unless --again says otherwise)')
    .option(
      '--use',
      'put the model in use in any case (default: only if none is in use and it is better than guessing)',
    )
    .option(...jsonFlag)
    .action(async (options: TrainOptions) => {
      await runInWorkspace(
        options,
        async (context) => {
          const { name, descriptors = null, use } = options
          const settings = await trainingSettings(context, options)
          const report = await context.finish<'train'>(
            await context.call('model.train', {
              ...settings,
              name,
              descriptors,
              use: use === true ? 'always' : 'if-first',
            }),
          )
          const model = (await context.call('model.list', {})).find((one) => one.name === report.model)
          return { ...report, synthetic: model?.synthetic ?? false }
        },
        presentTraining,
      )
    })

  program
    .command('classify')
    .description('suggest a class for images; new files are imported without a label')
    .argument('<path...>', 'image files and folders')
    .requiredOption(...workspaceFlag)
    .option('--model <name>', 'model name (default: the model in use)')
    .option(
      '--effort <how>',
      'augmentations to average: full (all of the recipe), adaptive (stop when the result is clear), or a number',
      effort,
      'full',
    )
    .option('--csv <file>', 'also write the predictions as a CSV table, one row per image')
    .option(...replaceFlag)
    .option(...jsonFlag)
    .action(async (paths: string[], options: ClassifyOptions) => {
      await runInWorkspace(options, (context) => classify(context, paths, options), presentPredictions)
    })
}

interface ClassifyOptions extends WorkspaceOptions {
  model?: string
  effort: Effort
  csv?: string
  replace?: boolean
}

function effort(text: string): Effort {
  const known = parseEffort(text)
  if (known === null) throw new InvalidArgumentError('It must be full, adaptive or a number from 1 to 1000.')
  return known
}

async function classify(
  context: CommandContext,
  paths: string[],
  options: ClassifyOptions,
): Promise<ClassifiedImage[]> {
  const model = options.model ?? null
  refuseExisting(options.csv, options.replace)
  // Checked before the import, so that a workspace without a model stays unchanged.
  const models = await context.call('model.list', {})
  if (models.length === 0) throw new AppError('model.none', {})
  const imported = await context.finish<'import'>(
    await context.call('image.import', {
      paths: paths.map((path) => resolve(path)),
      labels: 'none',
      casesPattern: null,
    }),
  )
  const failures: Failure[] = [...imported.failed]
  const imageIds = [...new Set(imported.images.map((image) => image.imageId))]
  const answer: ClassifiedImage[] = []
  const rows: { imageId: number; file: string }[] = []
  if (imageIds.length > 0) {
    const report = await context.finish<'classify'>(
      await context.call('model.classify', { imageIds, model, effort: options.effort }),
    )
    failures.push(...report.failed)
    for (const { path, imageId } of imported.images) {
      const image = await context.call('image.get', { imageId })
      const prediction = (await context.call('image.verdicts', { imageId })).find(
        ({ modelName }) => modelName === report.modelName,
      )
      if (prediction === undefined || report.failed.some((failure) => failure.path === image.path)) continue
      answer.push(classified(path, image.synthetic, prediction))
      rows.push({ imageId, file: path })
    }
  }
  for (const failure of failures) printError(failure.message)
  if (failures.length > 0) process.exitCode = 1
  if (options.csv !== undefined) {
    const modelName = answer[0]?.model ?? model
    const { csv, replace } = options
    await context.call('model.writeVerdicts', { model: modelName, path: resolve(csv), replace, images: rows })
  }
  return answer
}

const classified = (path: string, synthetic: boolean, prediction: VerdictView): ClassifiedImage => ({
  image: path,
  suggested: prediction.suggested,
  probabilities: prediction.probabilities,
  carcinomaScore: prediction.carcinomaScore,
  weights: prediction.weights,
  model: prediction.modelName,
  outOfFold: prediction.outOfFold,
  boosters: prediction.boosters,
  synthetic,
  flags: prediction.flags,
  details: prediction.details,
  researchUse: researchUseSentence,
})

function presentTraining(report: TrainReport & { synthetic: boolean }): void {
  const { regions } = report
  const ofRegions =
    regions === undefined
      ? ''
      : `, by ${counted(fileFormat, regions.regions, 'labelled region')} (${counted(fileFormat, regions.fields, 'training field')})`
  print(`Model "${report.model}": ${report.boosters} classifiers on ${report.images} images${ofRegions}.`)
  print(`Out-of-fold accuracy ${percent(report.accuracy)}; by fold: ${report.folds.map(percent).join(', ')}.`)
  if (report.groupedBy === 'case') print(`Folds by case (${report.cases} cases).`)
  if (report.synthetic) print('Trained on synthetic tissue: these figures say nothing about real tissue.')
  for (const warning of report.warnings ?? []) print(warning)
  for (const failure of report.skipped) print(`  left out: ${failure.message}`)
  if (report.use !== undefined) presentUse(report.model, report.use)
  print(researchUseSentence)
}

function presentUse(model: string, { inUse, guessing, comparison }: NonNullable<TrainReport['use']>): void {
  if (guessing !== null) print(guessingSentence(guessing, fileFormat))
  if (comparison !== null) print(comparisonSentence(comparison, fileFormat))
  print(
    inUse
      ? `In use: "${model}".`
      : `"${model}" is a candidate and not in use. To use it: lobule models promote "${model}" -w FOLDER.`,
  )
}

/** "9 of 20, clear at 95 % confidence" or "20 of 20". */
function effortText(details: VerdictView['details']): string {
  if (details?.effort === undefined) return details === null ? '-' : String(details.augmentations)
  const { possible, settledAt } = details.effort
  const used = `${details.augmentations} of ${possible}`
  return settledAt === null ? used : `${used}, clear at ${settledAt * 100} % confidence`
}

/** The p-value, with UNLIKE if the image is unlike the training images. */
function likenessText(details: VerdictView['details']): string {
  const likeness = knownLikeness(details?.likeness)
  if (likeness === null) return '-'
  return `${Number(likeness.pValue.toPrecision(2))}${isUnlike(likeness) ? ' UNLIKE' : ''}`
}

function presentPredictions(images: ClassifiedImage[]): void {
  printTable([
    ['image', 'suggested class', 'probability', 'carcinoma score', 'likeness', 'augmentations', ''],
    ...images.map((image) => [
      image.image,
      reportWords.result(headlineOf(image).classes),
      percent(headlineOf(image).probability),
      image.carcinomaScore?.toFixed(3) ?? '-',
      likenessText(image.details),
      effortText(image.details),
      image.outOfFold ? 'out of fold' : '',
    ]),
  ])
  const likeness = images.map(({ details }) => knownLikeness(details?.likeness))
  if (likeness.some((known) => known !== null && isUnlike(known))) {
    print('UNLIKE: the image is unlike the training images, so its suggested class is unreliable.')
  }
  if (likeness.includes(null)) {
    print(
      'Likeness "-": not available for this model, only regions of the image trained it, or too few augmentations.',
    )
  }
  for (const warning of new Set(images.map(({ weights }) => weightsWarning(weights)))) {
    if (warning !== null) print(warning)
  }
  print(researchUseSentence)
}
