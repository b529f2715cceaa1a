import type { ImageView, QualityFlag } from '../../electron/contract/index.ts'

/** Preset views of the worklist. */
export const shows = [
  'all',
  'unlabelled',
  'labelled',
  'unclassified',
  'differs',
  'awaiting',
  'flagged',
] as const
export type Show = (typeof shows)[number]
export type FlagCode = QualityFlag['code']

/** Which images are listed; null and '' do not filter. */
export interface Filter {
  show: Show
  label: string | null
  suggested: string | null
  caseName: string | null
  /** The name of a reader. */
  assignedTo: string | null
  flag: FlagCode | null
  /** Imported at this time or later, in ISO 8601: the newest import, by when it began. */
  importedFrom: string | null
  search: string
}

export const noFilter: Filter = {
  show: 'all',
  label: null,
  suggested: null,
  caseName: null,
  assignedTo: null,
  flag: null,
  importedFrom: null,
  search: '',
}

/**
 * The flags that are faults of the image itself. An unknown pixel size is none: it mostly concerns all images of a workspace,
 * which one notice reports (PixelSizeNotice.svelte).
 */
export const faultsOf = ({ verdict }: ImageView): readonly QualityFlag[] =>
  verdict?.flags.filter(({ code }) => code !== 'pixel-size-unknown') ?? []

/** Whether the readers of an image disagree or are unsure, or an adjudication of it can be changed. */
export const canBeAdjudicated = ({ readings }: ImageView): boolean =>
  readings.isDisputed || readings.adjudication !== null || readings.all.some(({ isUnsure }) => isUnsure)

/** The same, of an image that no reader has adjudicated. */
export const awaitsAdjudication = (image: ImageView): boolean =>
  image.readings.adjudication === null && canBeAdjudicated(image)

/** The images of an import and later ones; a blind reader knows no times of imports. */
const isFrom =
  (time: string) =>
  ({ importedAt }: ImageView): boolean =>
    importedAt !== null && importedAt >= time

/** Whether a view lists an image. */
const isShown: Record<Show, (image: ImageView) => boolean> = {
  all: () => true,
  unlabelled: (image) => image.label === null,
  labelled: (image) => image.label !== null,
  unclassified: (image) => image.verdict === null,
  differs: (image) =>
    image.label !== null && image.verdict !== null && image.label.className !== image.verdict.suggested,
  awaiting: awaitsAdjudication,
  flagged: (image) => faultsOf(image).length > 0,
}

type Test = (image: ImageView) => boolean

/** The parts of a filter that filter, in the order of their cost. */
function testsOf({
  show,
  label,
  suggested,
  caseName,
  flag,
  importedFrom,
  assignedTo,
  search,
}: Filter): [keyof Filter, Test][] {
  const sought = search.trim().toLowerCase()
  const tests: Record<keyof Filter, Test | null> = {
    show: show === 'all' ? null : isShown[show],
    label: label === null ? null : (image) => image.label?.className === label,
    suggested: suggested === null ? null : (image) => image.verdict?.suggested === suggested,
    caseName: caseName === null ? null : (image) => image.caseName === caseName,
    assignedTo: assignedTo === null ? null : (image) => image.assignedTo?.includes(assignedTo) === true,
    flag: flag === null ? null : ({ verdict }) => verdict?.flags.some(({ code }) => code === flag) === true,
    importedFrom: importedFrom === null ? null : isFrom(importedFrom),
    search: sought === '' ? null : (image) => searchTextOf(image).includes(sought),
  }
  return (Object.entries(tests) as [keyof Filter, Test | null][]).flatMap(([name, test]) =>
    test === null ? [] : [[name, test]],
  )
}

/** Whether a filter lists an image. Fast, since it runs for every image at each label. */
export function fits(filter: Filter): (image: ImageView) => boolean {
  const tests = testsOf(filter)
  return (image) => tests.every(([, test]) => test(image))
}

const searchTextOf = (image: ImageView): string =>
  `${image.fileName}\n${image.caseName ?? ''}\n${image.label?.className ?? ''}\n${image.verdict?.suggested ?? ''}`.toLowerCase()

/**
 * A filter that was kept or shared, for the present classes: a renamed class has its new name, and one that is not there does not
 * filter, since the list would be empty.
 * @param classNameOf the present name of a class by any that it had; null: there is none
 */
export function withPresentClasses(filter: Filter, classNameOf: (name: string) => string | null): Filter {
  const present = (name: string | null): string | null => (name === null ? null : classNameOf(name))
  return { ...filter, label: present(filter.label), suggested: present(filter.suggested) }
}

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
  /** Of the newest import. */
  newest: number
  /** By reader. */
  assigned: Map<string, number>
}

/**
 * How many images each choice would list if it were made now: the other parts of the filter stay, and the choice takes
 * the place of another one of its group.
 *
 * @param newestFrom when the newest import began; null: none is known
 */
export function countOf(
  images: readonly ImageView[],
  filter = noFilter,
  newestFrom: string | null = null,
): Counts {
  const isNewest = newestFrom === null ? () => false : isFrom(newestFrom)
  const tests = testsOf(filter)
  const counts: Counts = {
    shows: { all: 0, unlabelled: 0, labelled: 0, unclassified: 0, differs: 0, awaiting: 0, flagged: 0 },
    labels: new Map(),
    suggestions: new Map(),
    flags: new Map(),
    newest: 0,
    assigned: new Map(),
  }
  const count = (map: Map<string, number>, name: string | undefined): void => {
    if (name !== undefined) map.set(name, (map.get(name) ?? 0) + 1)
  }
  for (const image of images) {
    const failed = tests.filter(([, test]) => !test(image)).slice(0, 2)
    if (failed.length > 1) continue
    const only = failed[0]?.[0]
    const isCounted = (part: keyof Filter): boolean => only === undefined || only === part
    if (isCounted('show')) for (const show of shows) if (isShown[show](image)) counts.shows[show]++
    if (isCounted('importedFrom') && isNewest(image)) counts.newest++
    if (isCounted('label')) count(counts.labels, image.label?.className)
    if (isCounted('suggested')) count(counts.suggestions, image.verdict?.suggested)
    if (isCounted('assignedTo')) for (const reader of image.assignedTo ?? []) count(counts.assigned, reader)
    if (isCounted('flag')) for (const { code } of image.verdict?.flags ?? []) count(counts.flags, code)
  }
  return counts
}
