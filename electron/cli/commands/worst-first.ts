import type { Command } from 'commander'
import { worstFirst, type Attention, type ImageView } from '../../contract/index.ts'
import { print, printTable } from '../run.ts'
import { limitOption } from './image-limit.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

/** What `lobule worst-first` prints for an image. */
interface WorstLine {
  /** From 1. */
  rank: number
  imageId: number
  image: string
  path: string
  caseName: string | null
  label: string | null
  suggested: string | null
  attention: Attention
}

export function addWorstFirstCommand(program: Command): void {
  program
    .command('worst-first')
    .description('list the images that most need a second look, confident contradictions of a label first')
    .requiredOption(...workspaceFlag)
    .addOption(limitOption())
    .option(...jsonFlag)
    .action((options: WorkspaceOptions & { limit: number }) =>
      runInWorkspace(
        options,
        async (context) => linesOf(await context.call('image.list', {}), options.limit),
        present,
      ),
    )
}

const linesOf = (images: readonly ImageView[], most: number): WorstLine[] =>
  worstFirst(images)
    .slice(0, most)
    .flatMap(({ image, attention }, index) => {
      if (attention === null) return []
      const { id: imageId, fileName, path, caseName, label, verdict } = image
      const classes = { label: label?.className ?? null, suggested: verdict?.suggested ?? null }
      return [{ rank: index + 1, imageId, image: fileName, path, caseName, ...classes, attention }]
    })

function present(lines: readonly WorstLine[]): void {
  if (lines.length === 0) {
    print('No image has a suggested class. Classify them first.')
    return
  }
  printTable([
    [
      '',
      'image',
      'case',
      'label',
      'suggested class',
      'priority',
      'label contradicted',
      'near point',
      'spread',
      'unlike',
      'flags',
    ],
    ...lines.map(({ rank, image, caseName, label, suggested, attention }) => [
      String(rank),
      image,
      caseName ?? '-',
      label ?? '-',
      suggested ?? '-',
      attention.total.toFixed(2),
      attention.contradiction === 0 ? '-' : attention.contradiction.toFixed(2),
      ...[attention.nearPoint, attention.spread, attention.unlike, attention.flags].map((part) =>
        part.toFixed(2),
      ),
    ]),
  ])
}
