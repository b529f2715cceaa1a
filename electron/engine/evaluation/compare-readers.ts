import { at } from '../../base/arrays.ts'
import type { AgreementReport, ReaderPair } from '../../contract/index.ts'
import { cohenKappa, fleissKappa } from './agreement.ts'
import { wilsonInterval } from './intervals.ts'

/** The labels of one image, at most one per reader. */
export interface ImageLabels {
  imageId: number
  /** `classIndex` -1: unsure. */
  labels: readonly { reader: string; classIndex: number }[]
}

/**
 * Agreement between readers: Cohen's kappa and its table for each pair of readers with images in common, and Fleiss'
 * kappa of all readers. Kappas count only images to which both readers (for Fleiss: at least two) gave a class. Unsure
 * labels have their own row and column in the table and do not enter any kappa.
 * `cohenKappa` and `fleissKappa` give the kappas and their 95 % intervals; the share of agreement has a Wilson interval.
 * @param readers in the order of the report
 * @param classCount classes are 0..classCount-1
 */
export function compareReaders(
  images: readonly ImageLabels[],
  readers: readonly string[],
  classCount: number,
): Pick<AgreementReport, 'pairs' | 'overall'> {
  const byReader = new Map(readers.map((reader) => [reader, new Map<number, number>()]))
  for (const { imageId, labels } of images) {
    for (const { reader, classIndex } of labels) byReader.get(reader)?.set(imageId, classIndex)
  }
  const pairs = readers.flatMap((first, i) =>
    readers.slice(i + 1).flatMap((second) => {
      const pair = comparePair(first, second, byReader, classCount)
      return pair === null ? [] : [pair]
    }),
  )
  const counts = images
    .map(({ labels }) =>
      Array.from(
        { length: classCount },
        (_, index) => labels.filter(({ classIndex }) => classIndex === index).length,
      ),
    )
    .filter((line) => sum(line) >= 2)
  const participants = new Set(
    images
      .map(({ labels }) => labels.filter(({ classIndex }) => classIndex >= 0))
      .filter((classified) => classified.length >= 2)
      .flatMap((classified) => classified.map(({ reader }) => reader)),
  )
  return {
    pairs,
    overall: { images: counts.length, readers: participants.size, ...fleissKappa(counts) },
  }
}

/** The agreement of two readers; null if they have no image in common. */
function comparePair(
  first: string,
  second: string,
  byReader: ReadonlyMap<string, ReadonlyMap<number, number>>,
  classCount: number,
): ReaderPair | null {
  const other = byReader.get(second)
  const common = [...(byReader.get(first) ?? [])].flatMap(([imageId, row]) => {
    const column = other?.get(imageId)
    return column === undefined ? [] : [{ imageId, row, column }]
  })
  if (common.length === 0) return null
  const cells: number[][][] = Array.from({ length: classCount + 1 }, () =>
    Array.from({ length: classCount + 1 }, () => []),
  )
  const indexOf = (classIndex: number): number => (classIndex < 0 ? classCount : classIndex)
  for (const { imageId, row, column } of common) at(at(cells, indexOf(row)), indexOf(column)).push(imageId)
  const table = cells
    .slice(0, classCount)
    .map((line) => line.slice(0, classCount).map((imageIds) => imageIds.length))
  const images = sum(table.map(sum))
  const agreed = sum(table.map((line, c) => at(line, c)))
  return {
    first,
    second,
    images,
    ...cohenKappa(table),
    agreed,
    observed: images === 0 ? null : { share: agreed / images, ...wilsonInterval(agreed, images) },
    unsure: common.length - images,
    cells,
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
