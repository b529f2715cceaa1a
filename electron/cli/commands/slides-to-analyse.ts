import { InvalidArgumentError, Option, type Command } from 'commander'
import {
  AppError,
  hasCode,
  placeStridesUm,
  slideEffortChoices,
  toErrorView,
  type Failure,
  type SlideEffortChoice,
} from '../../contract/index.ts'
import type { CommandContext } from '../context.ts'
import { findOrImport } from './find-or-import.ts'

/** What `addAnalysisOptions` gives a command. */
export interface AnalysisOptions {
  model?: string
  stride: number
  effort: SlideEffortChoice
}

const { preview, default: usual, finest } = placeStridesUm
const longest = 672

function stride(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= finest && value <= longest) return value
  throw new InvalidArgumentError(`It must be a number from ${finest} to ${longest}.`)
}

export const modelFlag = ['--model <name>', 'model name (default: the model in use)'] as const
export const strideFlag = [
  '--stride <um>',
  `distance between places, ${finest} to ${longest} um: ${preview} is a first look, ${finest} is for a region`,
  stride,
  usual,
] as const

/** The options of an analysis of slides. */
export const addAnalysisOptions = (command: Command): Command =>
  command
    .option(...modelFlag)
    .option(...strideFlag)
    .addOption(
      new Option(
        '--effort <effort>',
        'fixed: each place once; adaptive: doubtful places again, with augmentations',
      )
        .choices(slideEffortChoices)
        .default('fixed'),
    )

/** The slides of a command, as arguments. */
export const slidesArgument = [
  '<slide...>',
  'slide files, or the number, file name or start of the SHA-256 of images in the workspace',
] as const

/** Slides by name; one that is not in the workspace is imported without a label. @throws AppError of the first that fails */
export async function findSlides(context: CommandContext, names: readonly string[]): Promise<number[]> {
  const imageIds: number[] = []
  for (const name of names) imageIds.push(await findOrImport(context, name))
  return imageIds
}

/** Slides by name, those that are not in the workspace imported without a label; one that fails is listed. */
export async function findUsableSlides(
  context: CommandContext,
  names: readonly string[],
): Promise<{ imageIds: number[]; failed: Failure[] }> {
  const imageIds: number[] = []
  const failed: Failure[] = []
  for (const name of names) {
    try {
      imageIds.push(await findOrImport(context, name))
    } catch (error) {
      if (!(error instanceof AppError) || hasCode(error, 'job.cancelled', 'model.none')) throw error
      const { code, message } = toErrorView(error)
      failed.push({ path: name, code, message })
    }
  }
  return { imageIds, failed }
}
