import { InvalidArgumentError, Option, type Command } from 'commander'
import type { LearningCurve } from '../../contract/index.ts'
import { fileFormat } from '../../report/format.ts'
import { outlookSentences } from '../../report/model/learning-curve.ts'
import { percent, print, printTable } from '../run.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

export function addLearningCurveCommand(program: Command): void {
  program
    .command('learning-curve')
    .description('measure how accuracy grows with the number of training cases')
    .requiredOption(...workspaceFlag)
    .option('--model <name>', 'the model whose recipe is used (default: the model in use)')
    .addOption(
      new Option('--repeats <number>', 'random draws of the cases at each size')
        .argParser(repeats)
        .default(3),
    )
    .option(...jsonFlag)
    .action((options: WorkspaceOptions & { model?: string; repeats: number }) =>
      runInWorkspace(
        options,
        async (context) =>
          context.finish<'learning-curve'>(
            await context.call('model.learningCurve', {
              model: options.model ?? null,
              repeats: options.repeats,
            }),
          ),
        present,
      ),
    )
}

function repeats(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 50) {
    throw new InvalidArgumentError('It must be a whole number from 1 to 50.')
  }
  return value
}

function present(curve: LearningCurve): void {
  const { model, images, cases, groupedBy, folds, points } = curve
  print(
    `Recipe of the model "${model}": ${images} images of ${cases} ${groupedBy}s, ${folds} folds by ${groupedBy}, ${curve.repeats} draws at each size.`,
  )
  printTable([
    [`training ${groupedBy}s`, 'accuracy', '95 %'],
    ...points.map(({ cases: size, accuracy, low, high }) => [
      String(Math.round(size)),
      percent(accuracy),
      `${percent(low)} to ${percent(high)}`,
    ]),
  ])
  print(...outlookSentences(curve, fileFormat))
}
