import type { Command } from 'commander'
import { resolve } from 'node:path'
import {
  researchUseSentence,
  slideAgeSentence,
  slideCaveatBeside,
  slideEffortSentence,
  slideLikenessSentence,
  suggestionSentence,
  weightsWarning,
  type Failure,
  type SlideAnalysis,
} from '../../contract/index.ts'
import type { CommandContext } from '../context.ts'
import { exitCodes, percent, print, printError, printTable } from '../run.ts'
import { replaceFlag } from './replacing.ts'
import { addTissueCommand } from './slide-tissue.ts'
import { addSlideCalibrateCommand } from './slide-calibrate.ts'
import { addSlideWriteCommand } from './slide-files.ts'
import {
  addAnalysisOptions,
  findUsableSlides,
  slidesArgument,
  type AnalysisOptions,
} from './slides-to-analyse.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface AnalyseOptions extends WorkspaceOptions, AnalysisOptions {
  region?: string
  out?: string
  replace?: boolean
}

interface Analysed {
  analyses: SlideAnalysis[]
  failed: Failure[]
  /** Files of `--out`. */
  written: string[]
}

export function addSlideCommands(program: Command): void {
  const slides = program.command('slides').description('analyse whole slides, place by place')
  addTissueCommand(slides)
  addSlideWriteCommand(slides)
  addSlideCalibrateCommand(slides)
  const command = slides
    .command('analyse')
    .description('predict the places of slides with a model, and keep the maps in the workspace')
    .argument(...slidesArgument)
    .requiredOption(...workspaceFlag)
  addAnalysisOptions(command)
    .option('--region <file>', 'only the places in the areas of a GeoJSON file, for a single slide')
    .option('--out <folder>', 'write the maps for other programs into a folder (docs/slides.md)')
    .option(...replaceFlag)
    .option(...jsonFlag)
    .addHelpText(
      'after',
      '\nA file that is not in the workspace is imported without a label. A slide that fails is named, the others are' +
        '\nanalysed, and the exit code is 1. An analysis that was interrupted continues with the places that are left.' +
        '\ndocs/slides.md describes how slides are analysed.',
    )
    .action(async (names: string[], options: AnalyseOptions) => {
      await runInWorkspace(options, (context) => analyse(context, names, options), present)
    })
}

async function analyse(
  context: CommandContext,
  names: readonly string[],
  { model, stride: strideUm, effort, region, out, replace }: AnalyseOptions,
): Promise<Analysed> {
  const { imageIds, failed } = await findUsableSlides(context, names)
  const analyses: SlideAnalysis[] = []
  const written: string[] = []
  if (imageIds.length > 0) {
    const started = await context.call('slide.analyse', {
      imageIds,
      model: model ?? null,
      strideUm,
      effort,
      region: region === undefined ? null : { path: resolve(region) },
    })
    const report = await context.finish<'analyse-slides'>(started)
    failed.push(...report.failed)
    for (const { imageId, analysisId } of report.analyses) {
      const found = await context.call('slide.analyses', { imageId })
      analyses.push(...found.filter(({ id }) => id === analysisId))
      if (out === undefined) continue
      const target = { imageId, analysisId, directory: resolve(out), replace }
      written.push(...(await context.call('slide.write', target)).files)
    }
  }
  for (const { message } of failed) printError(message)
  if (failed.length > 0) process.exitCode = exitCodes.failed
  return { analyses, failed, written }
}

function present({ analyses, written }: Analysed): void {
  for (const analysis of analyses) presentAnalysis(analysis)
  for (const path of written) print(`${path} written.`)
  if (analyses.length === 0) return
  for (const caveat of new Set(analyses.map(slideCaveatBeside))) print(caveat)
  const [{ weights } = { weights: 'official' as const }] = analyses
  const warning = weightsWarning(weights)
  if (warning !== null) print(warning)
  print(researchUseSentence)
}

const area = (mm2: number): string => `${mm2.toFixed(2)} mm2`

function presentAnalysis(analysis: SlideAnalysis): void {
  const {
    fileName,
    modelName,
    grid,
    places,
    effort,
    outOfFold,
    tissueSource,
    durationMs,
    summary,
    suggestion,
  } = analysis
  const { tissueMm2, analysedMm2, classes, score95, abovePoint } = summary
  const rate = durationMs > 0 ? (places / durationMs) * 1000 : 0
  print(
    `${fileName} by the model "${modelName}": ${places} places of ${grid.placeUm} um, ${grid.strideUm} um apart,`,
  )
  print(
    `${area(analysedMm2)} of ${area(tissueMm2)} of tissue${tissueSource === 'drawn' ? ' that readers drew' : ''}, in ${(durationMs / 1000).toFixed(1)} s (${rate.toFixed(1)} a second).`,
  )
  const age = slideAgeSentence(analysis)
  if (age !== null) print(age)
  if (effort !== null) print(slideEffortSentence(effort, places))
  if (outOfFold) print('The model was trained on this image; only the fold that held it out was used.')
  if (places === 0) return
  printTable([
    ['class', 'places', 'area', 'share', 'largest part'],
    ...classes.map((one) => [
      one.className,
      String(one.places),
      area(one.areaMm2),
      percent(one.share),
      one.largest === null ? '-' : area(one.largest.areaMm2),
    ]),
  ])
  if (suggestion !== null) print(suggestionSentence(suggestion, percent))
  if (score95 !== null) print(`95th percentile of the carcinoma score: ${percent(score95)}.`)
  if (abovePoint !== null)
    print(
      `${abovePoint.places} places (${area(abovePoint.areaMm2)}) at or above the operating point of ${percent(abovePoint.threshold)}.`,
    )
  print(slideLikenessSentence)
}
