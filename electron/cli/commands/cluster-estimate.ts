import type { Command } from 'commander'
import { cropsPerSecondOf, encodingMs } from '../../contract/index.ts'
import { formatDuration } from '../progress-line.ts'
import { print, printTable } from '../run.ts'
import { integer } from './machine.ts'
import { chosenRecipe, recipeFlag } from './recipe-option.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface ClusterEstimate {
  recipe: string
  images: number
  /** Images that lack descriptors of any encoder. */
  missing: number
  /** The networks' work on this machine, ms. null: a speed was not measured. */
  workMs: number | null
  /** Measured on two cores (docs/performance.md): a part starts the program, and opens and tests ResNet-50. */
  startMs: number
  nodes: { nodes: number; ms: number | null }[]
}

const usual = [1, 2, 4, 8, 16, 64]
/** docs/performance.md, "More than one machine". */
const startMs = 2000

export function addClusterEstimateCommand(program: Command): void {
  program
    .command('cluster-estimate')
    .description(
      'estimate how long machines like this one need for the missing descriptors of a workspace, from speeds measured now',
    )
    .requiredOption(...workspaceFlag)
    .option(...recipeFlag)
    .option('--nodes <n...>', `numbers of machines (default: ${usual.join(' ')})`, counts)
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { recipe?: string; nodes?: number[] }) => {
      await runInWorkspace(
        options,
        async (context): Promise<ClusterEstimate> => {
          const recipe = await chosenRecipe(context, options.recipe)
          const { encoders, images } = await context.call('shard.estimate', { recipe })
          const speeds = encoders.length === 0 ? null : await context.call('app.doctor', { measure: true })
          const missing = Math.max(0, ...encoders.map((work) => work.images))
          const workMs =
            speeds === null ? 0 : encodingMs(encoders, (encoder) => cropsPerSecondOf(speeds, encoder))
          const nodes = (options.nodes ?? usual).map((count) => ({
            nodes: count,
            ms: timeOn(count, missing, workMs),
          }))
          return { recipe, images, missing, workMs, startMs, nodes }
        },
        present,
      )
    })
}

/** commander calls it for each number, with what it gave before. */
function counts(text: string, before: number[] | undefined): number[] {
  return [...(before ?? []), integer(1, 1_000_000)(text)]
}

/** Parts are as many as machines, and the largest decides: no image is divided. */
function timeOn(nodes: number, images: number, workMs: number | null): number | null {
  if (workMs === null) return null
  return images === 0 ? 0 : startMs + Math.ceil(images / nodes) * (workMs / images)
}

function present({ recipe, images, missing, workMs, nodes }: ClusterEstimate): void {
  print(`${missing} of ${images} images lack descriptors of the recipe ${recipe}.`)
  if (missing === 0) return
  if (workMs === null) {
    print('The speed of an encoder could not be measured: "lobule doctor --measure" says why.')
    return
  }
  printTable([
    ['machines', 'about'],
    ...nodes.map(({ nodes: count, ms }) => [String(count), formatDuration(ms ?? 0)]),
  ])
  print(
    'It counts the networks alone, on machines like this one, each with a part of the images. Decoding and stains add to it, and a shared disk may limit it.',
  )
}
