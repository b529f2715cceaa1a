import type { Command } from 'commander'
import { labelNext, type ImageView, type NextImage } from '../../contract/index.ts'
import { print, printTable } from '../run.ts'
import { limitOption } from './image-limit.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

/** What `lobule label-next` prints for an image. */
interface NextLine extends NextImage {
  image: string
  path: string
  caseName: string | null
  sha256: string
  suggested: string | null
}

export function addLabelNextCommand(program: Command): void {
  program
    .command('label-next')
    .description('list which images to label next: uncertain and diverse, by case')
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

function linesOf(images: readonly ImageView[], most: number): NextLine[] {
  const byId = new Map(images.map((image) => [image.id, image]))
  return labelNext(images)
    .slice(0, most)
    .flatMap((next) => {
      const image = byId.get(next.imageId)
      if (image === undefined) return []
      const { fileName, path, caseName, sha256, verdict } = image
      return [{ ...next, image: fileName, path, caseName, sha256, suggested: verdict?.suggested ?? null }]
    })
}

function present(lines: readonly NextLine[]): void {
  if (lines.length === 0) {
    print('No image waits for a label.')
    return
  }
  printTable([
    ['', 'image', 'case', 'suggested class', 'uncertainty', 'of its case before it'],
    ...lines.map(({ rank, image, caseName, suggested, uncertainty, before }) => [
      String(rank),
      image,
      caseName ?? '-',
      suggested ?? '-',
      uncertainty === null ? '-' : uncertainty.toFixed(2),
      String(before),
    ]),
  ])
  if (lines.every(({ uncertainty }) => uncertainty === null)) {
    print('No image has a suggested class, so none is known to be uncertain. Classify them first.')
  }
}
