import { Option, type Command } from 'commander'
import { resolve } from 'node:path'
import {
  AppError,
  researchUseSentence,
  slideAgeSentence,
  slideCaveatBeside,
  slideFileFormats,
  type SlideFileFormat,
} from '../../contract/index.ts'
import type { CommandContext } from '../context.ts'
import { print } from '../run.ts'
import { findImage } from './labels.ts'
import { replaceFlag } from './replacing.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface WriteOptions extends WorkspaceOptions {
  out: string
  model?: string
  format: SlideFileFormat[]
  replace?: boolean
}

/** @param slides the command `slides` */
export function addSlideWriteCommand(slides: Command): void {
  slides
    .command('write')
    .description('write the newest analysis of a slide as files for other programs')
    .argument('<slide>', 'number, path, file name or start of the SHA-256 of an image')
    .requiredOption(...workspaceFlag)
    .requiredOption('--out <folder>', 'folder to write into; it is made if it does not exist')
    .option('--model <name>', 'the newest analysis by this model (default: by any)')
    .addOption(
      new Option('--format <format...>', 'what to write (default: everything); the run is always written')
        .choices(slideFileFormats)
        .default([...slideFileFormats], 'everything'),
    )
    .option(...replaceFlag)
    .option(...jsonFlag)
    .addHelpText('after', '\ndocs/slides.md describes the files and their coordinates.')
    .action(async (slide: string, options: WriteOptions) => {
      await runInWorkspace(options, (context) => write(context, slide, options), present)
    })
}

interface Written {
  files: string[]
  /** How far the results may be trusted. */
  caveat: string
  /** That another version made the analysis; null: this one did. */
  age: string | null
}

async function write(
  context: CommandContext,
  slide: string,
  { model, out, format, replace }: WriteOptions,
): Promise<Written> {
  const { id: imageId } = await findImage(context, slide)
  const analyses = await context.call('slide.analyses', { imageId })
  const analysis = analyses.find(({ modelName }) => model === undefined || modelName === model)
  if (analysis === undefined) {
    throw new AppError('slide.no-analysis', {
      analysis: model === undefined ? 'yet' : `by the model ${model}`,
    })
  }
  const target = { imageId, analysisId: analysis.id, directory: resolve(out), formats: format, replace }
  const { files } = await context.call('slide.write', target)
  return { files, caveat: slideCaveatBeside(analysis), age: slideAgeSentence(analysis) }
}

function present({ files, caveat, age }: Written): void {
  if (age !== null) print(age)
  for (const path of files) print(`${path} written.`)
  print(caveat)
  print(researchUseSentence)
}
