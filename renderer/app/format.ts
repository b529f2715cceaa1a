const percent = new Intl.NumberFormat(undefined, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
})
const wholePercent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 })
const count = new Intl.NumberFormat()
const number = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 })
const twoDecimals = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })

export const formatPercent = (fraction: number): string => percent.format(fraction)
export const formatWholePercent = (fraction: number): string => wholePercent.format(fraction)
export const formatCount = (value: number): string => count.format(value)
export const formatNumber = (value: number): string => number.format(value)
/** A score between 0 and 1. */
export const formatScore = (score: number): string => twoDecimals.format(score)
export const isoNow = (): string => new Date().toISOString()
export const formatDateTime = (iso: string): string => dateTime.format(new Date(iso))

const spans: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** "3 minutes ago"; under a minute, "now". */
export function formatAgo(iso: string, nowMs: number): string {
  const passedMs = nowMs - new Date(iso).getTime()
  const [unit, lengthMs] = spans.find(([, spanMs]) => passedMs >= spanMs) ?? ['second', Infinity]
  return relative.format(-Math.floor(passedMs / lengthMs) || 0, unit)
}

/** Rounded as a person would say it: "45 s", "3 min", "2 h 10 min". */
export function formatDuration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000)
  if (seconds < 60) return `${Math.max(1, seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}

/** The last part of a path, of any system. */
export const fileNameOf = (path: string): string =>
  path.split(/[\\/]/).findLast((part) => part !== '') ?? path

/** A path below a folder, in the manner of the folder's own system. */
export function joinPath(folder: string, name: string): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/'
  return folder.endsWith(separator) ? folder + name : folder + separator + name
}

/** Mean of at least one number. */
export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Population standard deviation (PIPELINE.md section 11). */
export function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values)
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)))
}
