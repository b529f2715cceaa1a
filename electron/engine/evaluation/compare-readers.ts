import type { AgreementReport, ReaderPair } from '../../contract/index.ts'
import { cohenKappa, fleissKappa } from './agreement.ts'
import { wilsonInterval } from './intervals.ts'

/** What readers say of one image; each reader at most once. */
export interface ImageReadings {
  imageId: number
  /** `classIndex` -1: unsure. */
  said: readonly { reader: string; classIndex: number }[]
}

/**
 * How far readers agree: of each two who read an image in common Cohen's kappa with the table behind it, and
 * Fleiss' kappa of all. Only images count that both (for Fleiss: at least two) read and named a class of; who
 * is unsure stands in the table beside the classes and in no kappa.
 * Kappas and their 95 % intervals: `cohenKappa`, `fleissKappa`. The share of agreement has the Wilson interval.
 * @param readers in the order in which they are to be named
 * @param classCount classes are 0..classCount-1
 */
export function compareReaders(
  images: readonly ImageReadings[],
  readers: readonly string[],
  classCount: number,
): Pick<AgreementReport, 'pairs' | 'overall'> {
  const byReader = new Map(readers.map((reader) => [reader, new Map<number, number>()]))
  for (const { imageId, said } of images) {
    for (const { reader, classIndex } of said) byReader.get(reader)?.set(imageId, classIndex)
  }
  const pairs = readers.flatMap((first, i) =>
    readers.slice(i + 1).flatMap((second) => {
      const pair = comparePair(first, second, byReader, classCount)
      return pair === null ? [] : [pair]
    }),
  )
  const counts = images
    .map(({ said }) =>
      Array.from(
        { length: classCount },
        (_, index) => said.filter(({ classIndex }) => classIndex === index).length,
      ),
    )
    .filter((line) => sum(line) >= 2)
  const taking = new Set(
    images
      .map(({ said }) => said.filter(({ classIndex }) => classIndex >= 0))
      .filter((named) => named.length >= 2)
      .flatMap((named) => named.map(({ reader }) => reader)),
  )
  return {
    pairs,
    overall: { images: counts.length, readers: taking.size, ...fleissKappa(counts) },
  }
}

/** null: the two read no image in common. */
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
  const place = (classIndex: number): number => (classIndex < 0 ? classCount : classIndex)
  for (const { imageId, row, column } of common) cells[place(row)]?.[place(column)]?.push(imageId)
  const table = cells
    .slice(0, classCount)
    .map((line) => line.slice(0, classCount).map((imageIds) => imageIds.length))
  const images = sum(table.map(sum))
  const agreed = sum(table.map((line, c) => line[c] ?? 0))
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
