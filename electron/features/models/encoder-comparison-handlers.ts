import { csvFile } from '../../base/csv.ts'
import { exportContent, exportEnding, type ExportKind } from '../../base/export-file.ts'
import {
  AppError,
  changeRecipe,
  chooseTraining,
  type CallInput,
  type CallName,
  type EncoderComparison,
  type EncoderName,
  type Handlers,
  type ImageView,
  type Recipe,
} from '../../contract/index.ts'
import { comparisonSection, conclusionSentences } from '../../report/encoder-comparison.ts'
import { fileFormat } from '../../report/format.ts'
import { startJob, type ServiceContext } from '../../session/context.ts'
import { listTrainableImages } from '../../store/index.ts'
import { recordFile } from '../audit/record-file.ts'
import { renderHtml } from '../reports/render-html.ts'
import { exportPath } from '../workspace/export-path.ts'
import { compareEncodersJob } from './compare-encoders.ts'
import { readEncoderComparison } from './encoder-comparison.ts'
import { findRecipe } from './recipes.ts'

type ComparisonCall = Extract<
  CallName,
  'model.compareEncoders' | 'model.encoderComparison' | 'model.writeEncoderComparison'
>

const comparisonFile: ExportKind = { what: 'a comparison', endings: ['.html', '.htm', '.json', '.csv'] }

export const encoderComparisonHandlers = (context: ServiceContext): Pick<Handlers, ComparisonCall> => {
  const { session, compute, homeDirectory, version } = context
  return {
    'model.compareEncoders': async ({ recipe, changes = {}, encoders, classifiers, groupBy = null }) => {
      const wanted = changeRecipe(await findRecipe(recipe, context), changes)
      const installed = encoders ?? (await installedEncoders())
      if (installed.length === 0) throw new AppError('encoder.missing', { encoders: wanted.encoders })
      const trainable = await session.read(listTrainableImages)
      const folds = changes.folds ?? possibleFolds(trainable, wanted, groupBy)
      const input = { recipe, changes: { ...changes, folds }, encoders: installed, classifiers, groupBy }
      return startJob(context, compareEncodersJob, input)
    },
    'model.encoderComparison': () => readEncoderComparison(session.workspace.database),
    'model.writeEncoderComparison': async (wanted) => {
      const { database } = session.workspace
      const path = await exportPath(context, wanted, comparisonFile)
      const found = readEncoderComparison(database)
      if (found === null) throw new AppError('encoder.no-comparison', {})
      await writeComparison(found, { path, replace: wanted.replace, version })
      await recordFile(database, 'report', path, { what: 'encoder comparison' })
      return { path }
    },
  }

  async function installedEncoders(): Promise<EncoderName[]> {
    const all = await compute.run('encoderList', { homeDirectory })
    return all.filter(({ source }) => source !== 'missing').map(({ name }) => name)
  }
}

/** As many folds as the recipe has, but no more than the rarest class has cases. */
function possibleFolds(
  images: readonly ImageView[],
  recipe: Recipe,
  groupBy: CallInput<'model.compareEncoders'>['groupBy'] | null,
): number {
  const byImage = groupBy === 'image' || images.every(({ caseName }) => caseName === null)
  const classes = Map.groupBy(images, ({ label }) => label?.className ?? '')
  const members = [...classes].map(([className, own]) => ({
    className,
    members: byImage ? own.length : new Set(own.map(({ id, caseName }) => caseName ?? id)).size,
  }))
  return chooseTraining(recipe, [], members).folds
}

type Found = NonNullable<ReturnType<typeof readEncoderComparison>>

/** As one HTML page, as JSON (all of it), or as CSV (a row for each pair); the ending of the path chooses. */
async function writeComparison(
  { at, comparison }: Found,
  { path, replace, version }: { path: string; replace: boolean; version: string },
): Promise<void> {
  const ending = exportEnding(path, comparisonFile)
  if (ending === '.json') {
    return exportContent(path, JSON.stringify({ at, ...comparison }, null, 2), { replace })
  }
  if (ending === '.csv') return exportContent(path, comparisonCsv(comparison), { replace })
  const html = renderHtml(
    {
      kind: 'Comparison of encoders',
      title: 'Encoders and classifiers on the labelled cases',
      context: null,
      warnings: comparison.warnings,
      lead: [`Compared ${at}, written by Lobule ${version}.`],
      sections: [comparisonSection({ ...comparison, warnings: [] }, fileFormat)],
    },
    new Map(),
  )
  return exportContent(path, html, { replace })
}

export const comparisonCsv = (comparison: EncoderComparison): string =>
  csvFile([
    [
      'encoder',
      'classifier',
      'weights',
      'licence',
      'images',
      'cases',
      'accuracy',
      'accuracy low',
      'accuracy high',
      'AUC',
      'AUC low',
      'AUC high',
      'AUC by case',
      'difference to the best',
      'difference low',
      'difference high',
      'adjusted p',
      'encoding seconds an image',
      'training seconds',
      'conclusion',
    ],
    ...comparison.pairs.map((pair) => [
      pair.encoder,
      pair.classifier,
      pair.weights,
      pair.licence,
      comparison.images,
      comparison.cases,
      pair.accuracy,
      pair.accuracyInterval.low,
      pair.accuracyInterval.high,
      pair.auc ?? '',
      pair.aucInterval?.low ?? '',
      pair.aucInterval?.high ?? '',
      pair.aucByCase ?? '',
      pair.toBest?.comparison.difference?.value ?? '',
      pair.toBest?.comparison.difference?.low ?? '',
      pair.toBest?.comparison.difference?.high ?? '',
      pair.toBest?.adjustedPValue ?? '',
      pair.encodingMs / 1000,
      pair.trainingMs / 1000,
      conclusionSentences(comparison, fileFormat).join(' '),
    ]),
  ])
