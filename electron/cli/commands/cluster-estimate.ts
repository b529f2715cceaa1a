import type { Command } from 'commander'
import {
  cropsPerSecondOf,
  encodingMs,
  slidesMsOn,
  type EncodingWork,
  type SlidesWork,
} from '../../contract/index.ts'
import type { CommandContext } from '../context.ts'
import { formatDuration } from '../progress-line.ts'
import { print, printTable } from '../run.ts'
import { integer } from './machine.ts'
import { chosenRecipe, recipeFlag } from './recipe-option.ts'
import { findSlides, modelFlag, strideFlag } from './slides-to-analyse.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

/** What any estimate has. */
interface Estimate {
  /** The networks' work on this machine, ms. null: a speed was not measured. */
  workMs: number | null
  /** Measured on two cores (docs/performance.md): a part starts the program, and opens and tests ResNet-50. */
  startMs: number
  nodes: { nodes: number; ms: number | null }[]
}

interface ImagesEstimate extends Estimate {
  recipe: string
  images: number
  /** Images that lack descriptors of any encoder. */
  missing: number
}

type SlidesEstimate = Estimate & Omit<SlidesWork, 'encoders'>

interface EstimateOptions extends WorkspaceOptions {
  recipe?: string
  nodes?: number[]
  slides?: string[]
  model?: string
  stride: number
}

const usual = [1, 2, 4, 8, 16, 64]
/** docs/performance.md, "More than one machine". */
const startMs = 2000

export function addClusterEstimateCommand(program: Command): void {
  program
    .command('cluster-estimate')
    .description(
      'estimate how long machines like this one need for the missing descriptors of a workspace or for slides, from speeds measured now',
    )
    .requiredOption(...workspaceFlag)
    .option(...recipeFlag)
    .option('--nodes <n...>', `numbers of machines (default: ${usual.join(' ')})`, counts)
    .option('--slides <slide...>', 'the analysis of these slides, in place of missing descriptors')
    .option(...modelFlag)
    .option(...strideFlag)
    .option(...jsonFlag)
    .action(async (options: EstimateOptions) => {
      const { slides } = options
      await (slides === undefined
        ? runInWorkspace(options, (context) => estimateImages(context, options), presentImages)
        : runInWorkspace(options, (context) => estimateSlides(context, slides, options), presentSlides))
    })
}

/** commander calls it for each number, with what it gave before. */
function counts(text: string, before: number[] | undefined): number[] {
  return [...(before ?? []), integer(1, 1_000_000)(text)]
}

/** Time of the networks on this machine, from speeds that are measured now; null: one could not be measured. */
async function workOf(context: CommandContext, work: readonly EncodingWork[]): Promise<number | null> {
  if (work.length === 0) return 0
  const speeds = await context.call('app.doctor', { measure: true })
  return encodingMs(work, (encoder) => cropsPerSecondOf(speeds, encoder))
}

const onNodes = (
  { nodes = usual }: EstimateOptions,
  timeOn: (nodes: number) => number | null,
): Estimate['nodes'] => nodes.map((count) => ({ nodes: count, ms: timeOn(count) }))

async function estimateImages(context: CommandContext, options: EstimateOptions): Promise<ImagesEstimate> {
  const recipe = await chosenRecipe(context, options.recipe)
  const { encoders, images } = await context.call('shard.estimate', { recipe })
  const missing = Math.max(0, ...encoders.map((work) => work.images))
  const workMs = await workOf(context, encoders)
  // Parts are as many as machines, and the largest decides: no image is divided.
  const timeOn = (count: number): number | null => {
    if (workMs === null) return null
    return missing === 0 ? 0 : startMs + Math.ceil(missing / count) * (workMs / missing)
  }
  return { recipe, images, missing, workMs, startMs, nodes: onNodes(options, timeOn) }
}

async function estimateSlides(
  context: CommandContext,
  names: readonly string[],
  options: EstimateOptions,
): Promise<SlidesEstimate> {
  const { model = null, stride } = options
  const imageIds = await findSlides(context, names)
  const { encoders, ...found } = await context.call('shard.estimateSlides', {
    imageIds,
    model,
    strideUm: stride,
  })
  const workMs = await workOf(context, encoders)
  const timeOn = (count: number): number | null =>
    workMs === null ? null : startMs + slidesMsOn(count, found, workMs)
  return { ...found, workMs, startMs, nodes: onNodes(options, timeOn) }
}

function presentImages({ recipe, images, missing, ...estimate }: ImagesEstimate): void {
  print(`${missing} of ${images} images lack descriptors of the recipe ${recipe}.`)
  if (missing > 0) presentNodes(estimate, 'a part of the images. Decoding and stains add to it')
}

function presentSlides({
  model,
  slides,
  opened,
  places,
  blocks,
  unit,
  openMs,
  ...estimate
}: SlidesEstimate): void {
  const some = opened === slides ? '' : ` (from ${opened} of them)`
  print(
    `${slides} slides by the model "${model}": ${Math.round(places)} places in ${Math.round(blocks)} blocks${some}.`,
    `A slide takes ${formatDuration(openMs)} to open; ${unit === 'block' ? 'every machine opens all of them' : 'one machine opens it'}.`,
  )
  presentNodes(
    estimate,
    `${unit === 'block' ? 'blocks of each slide' : 'whole slides'}. Doubtful places (--effort adaptive) and reading add to it`,
  )
}

/** @param what each machine has, and what adds to the time */
function presentNodes({ workMs, nodes }: Estimate, what: string): void {
  if (workMs === null) {
    print('The speed of an encoder could not be measured: "lobule doctor --measure" says why.')
    return
  }
  printTable([
    ['machines', 'about'],
    ...nodes.map(({ nodes: count, ms }) => [String(count), formatDuration(ms ?? 0)]),
  ])
  print(
    `It counts the networks alone, on machines like this one, each with ${what}, and a shared disk may limit it.`,
  )
}
