import type { ImageView } from '../../electron/contract/index.ts'

/** Views of the worklist that ask for attention. */
export const shows = ['all', 'unlabelled', 'labelled', 'unclassified', 'differs', 'flagged'] as const
export type Show = (typeof shows)[number]

/** Whether a view lists an image. */
export const isShown: Record<Show, (image: ImageView) => boolean> = {
  all: () => true,
  unlabelled: (image) => image.label === null,
  labelled: (image) => image.label !== null,
  unclassified: (image) => image.verdict === null,
  differs: (image) =>
    image.label !== null && image.verdict !== null && image.label.className !== image.verdict.suggested,
  flagged: (image) => (image.verdict?.flags.length ?? 0) > 0,
}

/** How many images each filter would list. */
export function countOf(images: readonly ImageView[]): {
  shows: Record<Show, number>
  labels: Map<string, number>
  suggestions: Map<string, number>
} {
  const counts = {
    shows: { all: 0, unlabelled: 0, labelled: 0, unclassified: 0, differs: 0, flagged: 0 },
    labels: new Map<string, number>(),
    suggestions: new Map<string, number>(),
  }
  const count = (map: Map<string, number>, name: string | undefined): void => {
    if (name !== undefined) map.set(name, (map.get(name) ?? 0) + 1)
  }
  for (const image of images) {
    for (const show of shows) if (isShown[show](image)) counts.shows[show]++
    count(counts.labels, image.label?.className)
    count(counts.suggestions, image.verdict?.suggested)
  }
  return counts
}
