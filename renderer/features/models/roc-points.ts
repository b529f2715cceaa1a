import { thresholdBetween, type RocPoint } from '../../../electron/contract/index.ts'

/** The point of a ROC for a threshold: the last one whose own threshold is not below it. */
export function rocIndexAt(roc: readonly RocPoint[], threshold: number): number {
  const found = roc.findLastIndex((point) => point.threshold !== null && point.threshold >= threshold)
  return Math.max(0, found)
}

/** A threshold for a point of the ROC; null: none from 0 to 1 (above a score of 1). */
export function thresholdAt(roc: readonly RocPoint[], index: number): number | null {
  const high = roc[index]?.threshold ?? 1
  const low = roc[index + 1]?.threshold
  if (low === undefined || low === null) return Math.min(high, thresholdBetween(0, high))
  return low < high ? thresholdBetween(low, high) : null
}

/** The point of a ROC nearest to a place of the unit square. */
export function nearestRocIndex(roc: readonly RocPoint[], x: number, y: number): number {
  const distances = roc.map(
    ({ falsePositiveRate, truePositiveRate }) => (falsePositiveRate - x) ** 2 + (truePositiveRate - y) ** 2,
  )
  return distances.indexOf(Math.min(...distances))
}
