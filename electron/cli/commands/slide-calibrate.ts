import type { Command } from 'commander'
import {
  leftOutSlides,
  minThresholdCases,
  outOfFoldSentence,
  researchUseSentence,
  slideCaveatOf,
  type SlideThreshold,
} from '../../contract/index.ts'
import { percent, print } from '../run.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface CalibrateOptions extends WorkspaceOptions {
  model?: string
}

/** @param slides the command `slides` */
export function addSlideCalibrateCommand(slides: Command): void {
  slides
    .command('calibrate')
    .description('learn from labelled slides from which share of carcinoma a slide is suggested to have it')
    .requiredOption(...workspaceFlag)
    .option('--model <name>', 'model name (default: the model in use)')
    .option(...jsonFlag)
    .addHelpText(
      'after',
      `\nIt needs slides of at least ${minThresholdCases} cases with carcinoma and ${minThresholdCases} without: labelled, with a case, analysed by the model,` +
        '\nin no locked test set, and not of a case that the model was trained on (docs/slides.md). Each call learns the' +
        '\nthreshold again; the last one counts.',
    )
    .action(async ({ model, ...options }: CalibrateOptions) => {
      await runInWorkspace(
        options,
        (context) => context.call('slide.calibrate', { model: model ?? null }),
        present,
      )
    })
}

function present(learned: SlideThreshold): void {
  const { modelName, threshold, slides, cases, positive, negative, leftOut } = learned
  print(
    `Threshold for slides of the model "${modelName}": carcinoma is suggested from ${percent(threshold)} of the analysed tissue on.`,
  )
  print(
    `Learned on ${slides} slides of ${cases} cases: ${positive.slides} with carcinoma (${positive.cases} cases), ${negative.slides} without (${negative.cases} cases).`,
  )
  print(outOfFoldSentence(learned, percent))
  if (leftOutSlides(leftOut) !== '') print(leftOutSlides(leftOut))
  print(slideCaveatOf(learned))
  print(researchUseSentence)
}
