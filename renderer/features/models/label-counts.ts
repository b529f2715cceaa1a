import {
  countGroups,
  labelledParts,
  originOf,
  type ClassScheme,
  type ImageView,
  type TissueClass,
  type TrainingFields,
} from '../../../electron/contract/index.ts'

export interface ClassCount {
  tissueClass: TissueClass
  /** With this class as a whole or by a region. */
  images: number
  /** Labelled regions, and training fields of them; 0 unless they are used. */
  regions: number
  fields: number
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

/**
 * Counts the training data: labelled images outside locked test sets, and cases, by class, case and reader.
 * @param fields of labelled regions; null: they are not used
 */
export function countLabels(
  images: readonly ImageView[],
  scheme: ClassScheme,
  fields: TrainingFields | null = null,
): LabelCounts {
  const parts = labelledParts(images, fields)
  const free = images.filter((image) => !image.testSet)
  const labelled = free.filter((image) => image.label !== null)
  const byClass = Map.groupBy(parts, ({ className }) => className)
  return {
    classes: scheme.map((tissueClass) => {
      const own = byClass.get(tissueClass.name) ?? []
      return {
        tissueClass,
        images: countGroups(own, 'image'),
        ...fieldsOf(tissueClass.name, fields),
        cases: countGroups(own, 'case'),
        byReader: countReaders(
          labelled.filter((image) => image.label?.className === tissueClass.name),
          tissueClass.name,
        ),
      }
    }),
    readers: readersOf(labelled),
    byCase: [...Map.groupBy(parts, ({ caseName }) => caseName)]
      .map(([caseName, own]) => ({
        caseName,
        images: countGroups(own, 'image'),
        byClass: scheme.map(({ name }) =>
          countGroups(
            own.filter(({ className }) => className === name),
            'image',
          ),
        ),
        readers: readersOf(labelled.filter((image) => image.caseName === caseName)),
      }))
      .sort((a, b) => natural.compare(a.caseName ?? '', b.caseName ?? '')),
    images: countGroups(parts, 'image'),
    cases: countGroups(parts, 'case'),
    imagesWithoutCase: countGroups(
      parts.filter(({ caseName }) => caseName === null),
      'image',
    ),
    locked: images.filter((image) => image.label !== null && image.testSet).length,
    disputed: free.filter((image) => image.readings.isDisputed).length,
    hasCases: parts.some(({ caseName }) => caseName !== null),
  }
}

function fieldsOf(className: string, fields: TrainingFields | null): Pick<ClassCount, 'regions' | 'fields'> {
  const own = (fields?.counts ?? []).filter((count) => count.className === className)
  return {
    regions: own.reduce((sum, one) => sum + one.regions, 0),
    fields: own.reduce((sum, one) => sum + one.fields, 0),
  }
}

const readersOf = (images: readonly ImageView[]): string[] =>
  [...new Set(images.flatMap((image) => image.readings.all.map(originOf)))].sort(natural.compare)

function countReaders(images: readonly ImageView[], className: string): ReadonlyMap<string, number> {
  const readings = images
    .flatMap((image) => image.readings.all)
    .filter((reading) => reading.className === className)
  const byReader = Map.groupBy(readings, originOf)
  return new Map([...byReader].map(([reader, own]) => [reader, own.length]))
}
