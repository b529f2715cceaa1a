import { InvalidArgumentError, type Command } from 'commander'
import { resolve } from 'node:path'
import type { EvaluationReport, Figures } from '../../contract/index.ts'
import { percent, print, printTable, runCommand, type CommonOptions } from '../run.ts'
import { jsonFlag } from './workspace.ts'

interface EvaluateOptions extends CommonOptions {
  positive?: string[]
  threshold: number[]
}

const list = (text: string): string[] => text.split(',').map((part) => part.trim())

const shares = (text: string): number[] =>
  list(text).map((part) => {
    const value = Number(part)
    if (part === '' || !(value >= 0 && value <= 1)) {
      throw new InvalidArgumentError('It must be numbers from 0 to 1, separated by commas.')
    }
    return value
  })

export function addEvaluateCommand(program: Command): void {
  program
    .command('evaluate')
    .description('evaluate a table of out-of-fold predictions')
    .argument('<file>', 'table of predictions: JSON (a list of records) or CSV')
    .option(
      '--positive <classes>',
      'carcinoma classes (default: InSitu,Invasive if the table has them)',
      list,
    )
    .option('--threshold <scores>', 'operating points of the carcinoma score', shares, [0.33, 0.5])
    .option(...jsonFlag)
    .addHelpText(
      'after',
      '\nColumns: image, fold, truth, predicted; optional: case, carcinoma_score, sha256 (of the image), and one probability per' +
        '\nclass, in a column with the name of the class.',
    )
    .action(async (file: string, { positive, threshold, ...options }: EvaluateOptions) => {
      const input = { path: resolve(file), positive: positive ?? null, thresholds: threshold }
      await runCommand(options, (context) => context.call('evaluation.table', input), presentReport)
    })
}

const share = (fraction: number | null): string => (fraction === null ? '-' : percent(fraction))
const between = ({ low, high }: { low: number; high: number }): string =>
  `${low.toFixed(3)} to ${high.toFixed(3)}`

function presentReport(report: EvaluationReport): void {
  const { bootstrap, byCase, cases, twoClass } = report
  print(`${report.images} images, ${cases === null ? 'no cases given' : `${cases} cases`}.`)
  if (cases === null)
    print('Images of one patient can be in several folds, so accuracy may be overestimated.')
  if (report.casesAcrossFolds > 0) {
    print(
      `WARNING: ${report.casesAcrossFolds} cases have images in several folds, so accuracy is overestimated.`,
    )
  }
  print(`By fold: ${report.perFold.map((value) => value.toFixed(1)).join(', ')} %;`)
  print(`mean ${report.mean.toFixed(2)} %, standard deviation ${report.std.toFixed(2)}.`)
  if (twoClass !== null) print(`Two classes: ${twoClass.mean.toFixed(2)} +- ${twoClass.std.toFixed(2)} %.`)
  print(`95 % over ${bootstrap.over}s: accuracy ${between(bootstrap.accuracy)}`)
  if (bootstrap.auc !== null) print(`95 % over ${bootstrap.over}s: AUC ${between(bootstrap.auc)}`)
  presentFigures('By image', report.classes, report)
  if (byCase !== null) presentFigures('By case', report.classes, byCase)
  for (const { of, before, after, temperature } of report.calibration) {
    const [uncalibrated, calibrated] = [before, after].map(
      (figures) => figures?.expectedCalibrationError.toFixed(4) ?? '-',
    )
    print('', `Calibration of the ${of === 'positive' ? 'two-class score' : 'suggested class'}:`)
    print(
      `expected calibration error ${uncalibrated}, ${calibrated} after temperature scaling (T = ${temperature.toFixed(3)}).`,
    )
  }
  for (const { level, coverage } of report.conformal) {
    print(
      `Prediction sets at ${percent(level)} contain the true class for ${percent(coverage)} of the images.`,
    )
  }
  if (report.positive.length === 0) {
    print('', 'No carcinoma class is known, so there are no two-class results. Use --positive to name them.')
  }
}

function presentFigures(title: string, classes: readonly string[], figures: Figures): void {
  print('', `${title}: accuracy ${percent(figures.accuracy)} (${between(figures.accuracyInterval)})`)
  printTable([
    ['truth \\ predicted', ...classes],
    ...classes.map((className, c) => [className, ...(figures.confusion[c] ?? []).map(String)]),
  ])
  if (figures.auc !== null) print(`AUC ${figures.auc.toFixed(4)}`)
  if (figures.operatingPoints.length > 0) {
    printTable([
      ['threshold', 'sensitivity', 'specificity', 'PPV', 'NPV', 'accuracy'],
      ...figures.operatingPoints.map((point) => [
        String(point.threshold),
        ...[point.sensitivity, point.specificity, point.ppv, point.npv, point.accuracy].map(share),
      ]),
    ])
  }
  if (figures.missed !== null) {
    const counts = Object.entries(figures.missed).map(([className, count]) => `${count} ${className}`)
    print(`Missed at 0.50: ${counts.join(', ')}.`)
  }
}
