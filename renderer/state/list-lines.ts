import type { ImageView } from '../../electron/contract/index.ts'

/** What the list holds: the head of a case, or an image. */
export type WorklistItem =
  | { kind: 'case'; caseName: string | null; images: number; labelled: number }
  | { kind: 'image'; image: ImageView }

/** Images side by side in a grid. */
interface TileLine {
  kind: 'tiles'
  images: readonly ImageView[]
}
/** A line of the list on the screen: a row of the table, of the grid, or the head of a case. */
export type ListLine = WorklistItem | TileLine

export const itemOf = (image: ImageView): WorklistItem => ({ kind: 'image', image })

/**
 * The images with the heads of their cases.
 * @param rows the images of a case together
 */
export function itemsByCase(rows: readonly ImageView[]): WorklistItem[] {
  return [...Map.groupBy(rows, (image) => image.caseName)].flatMap(([caseName, members]) => {
    const labelled = members.filter((image) => image.label !== null).length
    return [{ kind: 'case', caseName, images: members.length, labelled }, ...members.map(itemOf)]
  })
}

/**
 * The lines of a grid: so many images in each, in the order of the list. The head of a case ends a line, so that no line
 * holds images of two cases of a grouped list.
 * @param columns at least 1
 */
export function gridLines(items: readonly WorklistItem[], columns: number): ListLine[] {
  const lines: ListLine[] = []
  let open: ImageView[] | null = null
  for (const item of items) {
    if (item.kind === 'case') {
      lines.push(item)
      open = null
      continue
    }
    if (open === null || open.length === columns) {
      open = []
      lines.push({ kind: 'tiles', images: open })
    }
    open.push(item.image)
  }
  return lines
}

/** The line with an image; -1: none. */
export const lineWith = (lines: readonly ListLine[], imageId: number | null): number =>
  lines.findIndex((line) =>
    line.kind === 'image'
      ? line.image.id === imageId
      : line.kind === 'tiles' && line.images.some(({ id }) => id === imageId),
  )

/**
 * The image so many lines below (negative: above) another one, in the same column, or the last one of a shorter line;
 * at the ends of the list, of its first or last line. undefined: the other one is not listed.
 */
export function imageBelow(
  lines: readonly ListLine[],
  imageId: number | null,
  down: number,
): ImageView | undefined {
  const rows = lines.flatMap((line) => (line.kind === 'tiles' ? [line.images] : []))
  const from = rows.findIndex((images) => images.some(({ id }) => id === imageId))
  const column = rows[from]?.findIndex(({ id }) => id === imageId) ?? -1
  const to = rows[Math.max(0, Math.min(rows.length - 1, from + down))]
  return from < 0 ? undefined : (to?.[column] ?? to?.at(-1))
}
