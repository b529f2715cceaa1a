import type { ImageView, QualityFlag } from '../../electron/contract/index.ts'

/** Preset views of the worklist. */
export const shows = ['all', 'unlabelled', 'labelled', 'unclassified', 'differs', 'flagged'] as const
export type Show = (typeof shows)[number]
export type FlagCode = QualityFlag['code']

/** Which images are listed; null and '' do not filter. */
export interface Filter {
  show: Show
  label: string | null
  suggested: string | null
  caseName: string | null
  flag: FlagCode | null
  search: string
}

export const noFilter: Filter = {
  show: 'all',
  label: null,
  suggested: null,
  caseName: null,
  flag: null,
  search: '',
}

/** Whether a view lists an image. */
const isShown: Record<Show, (image: ImageView) => boolean> = {
  all: () => true,
  unlabelled: (image) => image.label === null,
  labelled: (image) => image.label !== null,
  unclassified: (image) => image.verdict === null,
  differs: (image) =>
    image.label !== null && image.verdict !== null && image.label.className !== image.verdict.suggested,
  flagged: (image) => (image.verdict?.flags.length ?? 0) > 0,
}

/** Whether a filter lists an image. Fast, since it runs for every image at each label. */
export function fits(filter: Filter): (image: ImageView) => boolean {
  const { label, suggested, caseName, flag } = filter
  const isOfShow = isShown[filter.show]
  const search = filter.search.trim().toLowerCase()
  return (image) =>
    isOfShow(image) &&
    (label === null || image.label?.className === label) &&
    (suggested === null || image.verdict?.suggested === suggested) &&
    (caseName === null || image.caseName === caseName) &&
    (flag === null || image.verdict?.flags.some((other) => other.code === flag) === true) &&
    (search === '' || searchTextOf(image).includes(search))
}

const searchTextOf = (image: ImageView): string =>
  `${image.fileName}\n${image.caseName ?? ''}\n${image.label?.className ?? ''}\n${image.verdict?.suggested ?? ''}`.toLowerCase()

export const isFiltering = (filter: Filter): boolean =>
  (Object.keys(noFilter) as (keyof Filter)[]).some((name) => filter[name] !== noFilter[name])

const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** The cases that images name, sorted. */
export const casesOf = (images: readonly ImageView[]): string[] =>
  [...new Set(images.flatMap((image) => image.caseName ?? []))].sort(natural.compare)

export interface Counts {
  shows: Record<Show, number>
  labels: Map<string, number>
  suggestions: Map<string, number>
  flags: Map<string, number>
}

/** How many images each filter would list. */
export function countOf(images: readonly ImageView[]): Counts {
  const counts: Counts = {
    shows: { all: 0, unlabelled: 0, labelled: 0, unclassified: 0, differs: 0, flagged: 0 },
    labels: new Map(),
    suggestions: new Map(),
    flags: new Map(),
  }
  const count = (map: Map<string, number>, name: string | undefined): void => {
    if (name !== undefined) map.set(name, (map.get(name) ?? 0) + 1)
  }
  for (const image of images) {
    for (const show of shows) if (isShown[show](image)) counts.shows[show]++
    count(counts.labels, image.label?.className)
    count(counts.suggestions, image.verdict?.suggested)
    for (const flag of image.verdict?.flags ?? []) count(counts.flags, flag.code)
  }
  return counts
}
