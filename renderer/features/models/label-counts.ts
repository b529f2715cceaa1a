import {
  originOf,
  type ClassScheme,
  type ImageView,
  type TissueClass,
} from '../../../electron/contract/index.ts'

export interface ClassCount {
  tissueClass: TissueClass
  images: number
  /** Groups for the folds: cases, and each image without a case. */
  cases: number
  /** Number of these images that each reader, or other source, gave this class; adjudications do not count. */
  byReader: ReadonlyMap<string, number>
}

export interface CaseCount {
  /** null: images without a case. */
  caseName: string | null
  images: number
  /** In the order of the scheme. */
  byClass: readonly number[]
  readers: readonly string[]
}

export interface LabelCounts {
  classes: readonly ClassCount[]
  /** All readers and other sources of the labelled images, sorted. */
  readers: readonly string[]
  byCase: readonly CaseCount[]
  images: number
  cases: number
  imagesWithoutCase: number
  /** Images whose readers disagree: they have no label and are left out. */
  disputed: number
  /** Labelled images of locked test sets, which are left out. */
  locked: number
  /** Whether any labelled image has a case. */
  hasCases: boolean
}

const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** Counts the training data: labelled images outside locked test sets, and cases, by class, case and reader. */
export function countLabels(images: readonly ImageView[], scheme: ClassScheme): LabelCounts {
  const free = images.filter((image) => !image.testSet)
  const labelled = free.filter((image) => image.label !== null)
  const byClass = Map.groupBy(labelled, (image) => image.label?.className)
  const withCase = labelled.filter((image) => image.caseName !== null)
  return {
    classes: scheme.map((tissueClass) => {
      const own = byClass.get(tissueClass.name) ?? []
      return {
        tissueClass,
        images: own.length,
        cases: groupsOf(own),
        byReader: countReaders(own, tissueClass.name),
      }
    }),
    readers: readersOf(labelled),
    byCase: [...Map.groupBy(labelled, (image) => image.caseName)]
      .map(([caseName, own]) => ({
        caseName,
        images: own.length,
        byClass: scheme.map(({ name }) => own.filter((image) => image.label?.className === name).length),
        readers: readersOf(own),
      }))
      .sort((a, b) => natural.compare(a.caseName ?? '', b.caseName ?? '')),
    images: labelled.length,
    cases: groupsOf(labelled),
    imagesWithoutCase: labelled.length - withCase.length,
    locked: images.filter((image) => image.label !== null && image.testSet).length,
    disputed: free.filter((image) => image.readings.isDisputed).length,
    hasCases: withCase.length > 0,
  }
}

const groupsOf = (images: readonly ImageView[]): number =>
  new Set(images.map((image) => image.caseName ?? image.id)).size

const readersOf = (images: readonly ImageView[]): string[] =>
  [...new Set(images.flatMap((image) => image.readings.all.map(originOf)))].sort(natural.compare)

function countReaders(images: readonly ImageView[], className: string): ReadonlyMap<string, number> {
  const readings = images
    .flatMap((image) => image.readings.all)
    .filter((reading) => reading.className === className)
  const byReader = Map.groupBy(readings, originOf)
  return new Map([...byReader].map(([reader, own]) => [reader, own.length]))
}
