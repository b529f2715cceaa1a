import { Option, type Command } from 'commander'
import { resolve } from 'node:path'
import {
  researchUseSentence,
  slidesUnitSchema,
  type PlanSlidesReport,
  type SlidesUnit,
} from '../../contract/index.ts'
import { analyseShard, type SlidesShardReport } from '../../features/shards/analyse-shard.ts'
import { formatDuration } from '../progress-line.ts'
import { exitCodes, print, printError } from '../run.ts'
import { warn } from './descriptors.ts'
import { findOrImport } from './find-or-import.ts'
import { addPartCommands, partCommands } from './parts.ts'
import { addPlanOptions, type PlanOptions } from './shards.ts'
import {
  addAnalysisOptions,
  findUsableSlides,
  slidesArgument,
  type AnalysisOptions,
} from './slides-to-analyse.ts'
import { runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface SlidesPlanOptions extends WorkspaceOptions, AnalysisOptions, PlanOptions {
  unit?: SlidesUnit
}

export function addSlidesPlanCommands(program: Command): void {
  const command = program
    .command('slides-plan')
    .description('write a plan to analyse slides on other machines')
    .argument(...slidesArgument)
    .requiredOption(...workspaceFlag)
  addAnalysisOptions(command)
  command.addOption(
    new Option(
      '--unit <what>',
      'what the parts are made of: blocks of each slide, or whole slides (default: blocks of fewer than 32 slides)',
    ).choices(slidesUnitSchema.options),
  )
  addPlanOptions(command).action(async (names: string[], options: SlidesPlanOptions) => {
    await runInWorkspace(
      options,
      async (context) => {
        const { images, backend, allowHalf: allowsHalf = false, model, stride, effort, unit } = options
        const { imageIds, failed } = await findUsableSlides(context, names)
        // Throws what is wrong with the first one.
        if (imageIds.length === 0) await findOrImport(context, names[0] ?? '')
        for (const each of failed) printError(each.message)
        const report = await context.finish<'plan-slides'>(
          await context.call('shard.planSlides', {
            imageIds,
            model: model ?? null,
            strideUm: stride,
            effort,
            directory: resolve(options.out),
            images,
            backend,
            allowsHalf,
            unit: unit ?? null,
          }),
        )
        if (report.failed.length + failed.length > 0) process.exitCode = exitCodes.failed
        return report
      },
      presentSlidesPlan,
    )
  })
  addPartCommands(program, 'slides', 'the block', analyseShard, presentSlidesShard)
}

function presentSlidesPlan(report: PlanSlidesReport): void {
  const { directory, model, slides, unit, bytes, failed, weights, researchUse } = report
  print(
    `${directory}: ${slides} slides (${(bytes / 1e9).toFixed(2)} GB) by the model "${model}"; a part has ${unit === 'block' ? 'blocks of each slide' : 'whole slides'}.`,
  )
  for (const { message } of failed) print(`  left out: ${message}`)
  warn(weights)
  print(...partCommands('slides'))
  print('Then "lobule slides analyse" with the same slides, model, stride and effort makes the maps.')
  print(researchUse)
}

function presentSlidesShard(report: SlidesShardReport): void {
  const { shard, slides, blocks, analysed, present, failed, backends, durationMs, stopped } = report
  const where = backends.length === 0 ? '' : ` on ${backends.join(', ')}`
  print(
    `Shard ${shard}: ${analysed} of ${blocks} blocks of ${slides} slides analysed${where}, ${present} were there, in ${formatDuration(durationMs)}.`,
  )
  for (const { sha256, message } of failed) print(`  failed: ${sha256}: ${message}`)
  if (stopped) print('It was stopped; run it again for the rest.')
  print(researchUseSentence)
}
