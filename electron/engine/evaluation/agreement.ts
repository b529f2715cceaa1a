import { at, zip } from '../../base/arrays.ts'
import { normalInterval, type Interval } from './intervals.ts'

export interface Agreement {
  /** 1: full agreement, 0: agreement by chance; null without images, or if all labels are of one class. */
  kappa: number | null
  /** Large-sample standard error; null if kappa is null, or with a single image. */
  standardError: number | null
  /** 95 % interval: kappa plus and minus 1.96 standard errors, clamped to -1..1. */
  interval: Interval | null
}

const noAgreement: Agreement = { kappa: null, standardError: null, interval: null }

const agreement = (kappa: number, variance: number): Agreement => {
  // Rounding may give a variance slightly below 0.
  const standardError = Math.sqrt(Math.max(0, variance))
  return { kappa, standardError, interval: normalInterval(kappa, standardError) }
}

const sum = (values: Iterable<number>): number => {
  let total = 0
  for (const value of values) total += value
  return total
}

/** Counts images by the class of the first reader (rows) and of the second (columns). Classes are 0..classCount-1. */
export function crossTable(
  rows: readonly number[],
  columns: readonly number[],
  classCount: number,
): number[][] {
  const table = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0))
  for (const [r, c] of zip(rows, columns)) {
    const line = at(table, r)
    line[c] = at(line, c) + 1
  }
  return table
}

/**
 * Cohen's kappa of two readers who labelled the same images.
 * Source: Cohen, "A coefficient of agreement for nominal scales" (1960), unweighted, as scikit-learn
 * `cohen_kappa_score`; its variance by Fleiss, Cohen and Everitt (1969), as statsmodels `cohens_kappa`.
 * @param table square counts: rows are the classes of the first reader, columns those of the second
 */
export function cohenKappa(table: readonly (readonly number[])[]): Agreement {
  const n = sum(table.map(sum))
  if (n === 0) return noAgreement
  const share = table.map((line) => line.map((count) => count / n))
  const rowShare = share.map(sum)
  const columnShare = share.map((_, c) => sum(share.map((line) => at(line, c))))
  const observed = sum(share.map((line, c) => at(line, c)))
  const chance = sum(zip(rowShare, columnShare).map(([row, column]) => row * column))
  if (isOne(chance)) return noAgreement
  const kappa = (observed - chance) / (1 - chance)
  let agreeing = 0
  let differing = 0
  share.forEach((line, r) => {
    line.forEach((p, c) => {
      if (r === c) agreeing += p * (1 - (at(rowShare, r) + at(columnShare, r)) * (1 - kappa)) ** 2
      else differing += p * (at(columnShare, r) + at(rowShare, c)) ** 2
    })
  })
  const spread = agreeing + (1 - kappa) ** 2 * differing - (kappa - chance * (1 - kappa)) ** 2
  return agreement(kappa, spread / ((1 - chance) ** 2 * n))
}

/**
 * Fleiss' kappa for any number of readers.
 * Source: Fleiss, "Measuring nominal scale agreement among many raters" (1971), as statsmodels
 * `fleiss_kappa`, extended as Gwet does (Handbook of Inter-Rater Reliability, 4th edition, 2014, chapter 5)
 * to images labelled by different numbers of readers; its variance by Gwet's linearisation, which also holds
 * if readers agree. (Fleiss' own variance holds only for kappa 0.) Deviation from Gwet: images with fewer
 * than two labels carry no information about agreement and are excluded.
 * @param counts for each image, the number of readers who chose each class
 */
export function fleissKappa(counts: readonly (readonly number[])[]): Agreement {
  const images = counts.map((line) => ({ line, readers: sum(line) })).filter(({ readers }) => readers >= 2)
  const n = images.length
  if (n === 0) return noAgreement
  const classCount = counts[0]?.length ?? 0
  const classShare = Array.from(
    { length: classCount },
    (_, c) => sum(images.map(({ line, readers }) => at(line, c) / readers)) / n,
  )
  const chance = sum(classShare.map((share) => share * share))
  if (isOne(chance)) return noAgreement
  const observedOf = images.map(
    ({ line, readers }) => sum(line.map((count) => count * (count - 1))) / (readers * (readers - 1)),
  )
  const kappa = (sum(observedOf) / n - chance) / (1 - chance)
  if (n === 1) return { kappa, standardError: null, interval: null }
  const deviations = images.map(({ line, readers }, i) => {
    const chanceHere = sum(zip(line, classShare).map(([count, share]) => (share * count) / readers))
    const kappaHere = (at(observedOf, i) - chance) / (1 - chance)
    return kappaHere - (2 * (1 - kappa) * (chanceHere - chance)) / (1 - chance) - kappa
  })
  return agreement(kappa, sum(deviations.map((d) => d * d)) / (n * (n - 1)))
}

/** Whether a share is 1 apart from rounding. No share of counts below 1 is closer to 1 than 1e-12. */
const isOne = (share: number): boolean => share > 1 - 1e-12
