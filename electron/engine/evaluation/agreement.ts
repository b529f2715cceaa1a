import { normalInterval, type Interval } from './intervals.ts'

export interface Agreement {
  /** 1 full agreement, 0 what chance gives; null without images, and where only one class was ever named. */
  kappa: number | null
  /** Large-sample standard error; null with kappa. */
  standardError: number | null
  /** 95 %, kappa plus and minus 1.96 standard errors, cut to -1..1. */
  interval: Interval | null
}

const noAgreement: Agreement = { kappa: null, standardError: null, interval: null }

const agreement = (kappa: number, variance: number): Agreement => {
  // A variance of 0 may come out as a rounding error below it.
  const standardError = Math.sqrt(Math.max(0, variance))
  return { kappa, standardError, interval: normalInterval(kappa, standardError) }
}

const sum = (values: Iterable<number>): number => {
  let total = 0
  for (const value of values) total += value
  return total
}

/** Counts by class of the one reader (rows) and the other (columns). Classes 0..classCount-1. */
export function crossTable(
  rows: readonly number[],
  columns: readonly number[],
  classCount: number,
): number[][] {
  const table = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0))
  rows.forEach((r, i) => {
    const line = table[r]
    const c = columns[i] ?? 0
    if (line !== undefined) line[c] = (line[c] ?? 0) + 1
  })
  return table
}

/**
 * Cohen's kappa of two readers over the same images.
 * Source: Cohen, "A coefficient of agreement for nominal scales" (1960), unweighted, as scikit-learn
 * `cohen_kappa_score`; its variance by Fleiss, Cohen and Everitt (1969), as statsmodels `cohens_kappa`.
 * @param table square counts: rows the one reader, columns the other; without images there is no kappa
 */
export function cohenKappa(table: readonly (readonly number[])[]): Agreement {
  const n = sum(table.map(sum))
  if (n === 0) return noAgreement
  const share = table.map((line) => line.map((count) => count / n))
  const rowShare = share.map(sum)
  const columnShare = share.map((_, c) => sum(share.map((line) => line[c] ?? 0)))
  const observed = sum(share.map((line, c) => line[c] ?? 0))
  const chance = sum(rowShare.map((row, c) => row * (columnShare[c] ?? 0)))
  if (isWhole(chance)) return noAgreement
  const kappa = (observed - chance) / (1 - chance)
  let agreeing = 0
  let differing = 0
  share.forEach((line, r) => {
    line.forEach((p, c) => {
      if (r === c) agreeing += p * (1 - ((rowShare[r] ?? 0) + (columnShare[r] ?? 0)) * (1 - kappa)) ** 2
      else differing += p * ((columnShare[r] ?? 0) + (rowShare[c] ?? 0)) ** 2
    })
  })
  const spread = agreeing + (1 - kappa) ** 2 * differing - (kappa - chance * (1 - kappa)) ** 2
  return agreement(kappa, spread / ((1 - chance) ** 2 * n))
}

/**
 * Fleiss' kappa of any number of readers.
 * Source: Fleiss, "Measuring nominal scale agreement among many raters" (1971), as statsmodels
 * `fleiss_kappa`, extended as Gwet does (Handbook of Inter-Rater Reliability, 4th edition, 2014, chapter 5)
 * to images read by different numbers of readers; its variance by Gwet's linearisation, which also holds
 * where readers agree. (Fleiss' own variance holds only for kappa 0.) Deviation from Gwet: images with fewer
 * than two readings say nothing about agreement and are left out altogether.
 * @param counts for each image, how many readers named each class
 */
export function fleissKappa(counts: readonly (readonly number[])[]): Agreement {
  const images = counts.map((line) => ({ line, readers: sum(line) })).filter(({ readers }) => readers >= 2)
  const n = images.length
  if (n === 0) return noAgreement
  const classCount = counts[0]?.length ?? 0
  const classShare = Array.from(
    { length: classCount },
    (_, c) => sum(images.map(({ line, readers }) => (line[c] ?? 0) / readers)) / n,
  )
  const chance = sum(classShare.map((share) => share * share))
  if (isWhole(chance)) return noAgreement
  const observedOf = images.map(
    ({ line, readers }) => sum(line.map((count) => count * (count - 1))) / (readers * (readers - 1)),
  )
  const kappa = (sum(observedOf) / n - chance) / (1 - chance)
  if (n === 1) return { kappa, standardError: null, interval: null }
  const deviations = images.map(({ line, readers }, i) => {
    const chanceHere = sum(line.map((count, c) => ((classShare[c] ?? 0) * count) / readers))
    const kappaHere = ((observedOf[i] ?? 0) - chance) / (1 - chance)
    return kappaHere - (2 * (1 - kappa) * (chanceHere - chance)) / (1 - chance) - kappa
  })
  return agreement(kappa, sum(deviations.map((d) => d * d)) / (n * (n - 1)))
}

/** Whether a share is 1 but for rounding; counts make no share nearer to 1 than 1e-12. */
const isWhole = (share: number): boolean => share > 1 - 1e-12
