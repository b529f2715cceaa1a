const percent = new Intl.NumberFormat(undefined, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
})
const wholePercent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 })
const count = new Intl.NumberFormat()
const number = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 })
const twoDecimals = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const oneDecimal = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const threshold = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 6 })
const threeDecimals = new Intl.NumberFormat(undefined, { minimumFractionDigits: 3, maximumFractionDigits: 3 })
// The month by name: 12/01/2026 is another day to an American than to others. Two digits keep a column in one width.
const day = { day: '2-digit', month: 'short', year: 'numeric' } as const
const date = new Intl.DateTimeFormat(undefined, { ...day, timeZone: 'UTC' })
const dateTime = new Intl.DateTimeFormat(undefined, { ...day, hour: '2-digit', minute: '2-digit' })

export const formatPercent = (fraction: number): string => percent.format(fraction)
export const formatWholePercent = (fraction: number): string => wholePercent.format(fraction)
/** How far something is: 100 % only once it is complete. */
export const formatProgress = (fraction: number): string =>
  // Rounding by a hair must not take a percent away.
  wholePercent.format(Math.floor(100 * fraction + 1e-9) / 100)
export const formatCount = (value: number): string => count.format(value)
export const formatNumber = (value: number): string => number.format(value)
/** A point on the scale of a score, e.g. "0.33". */
export const formatSetPoint = (point: number): string => twoDecimals.format(point)
/** A threshold with as many decimals as it has, at least two. */
export const formatThreshold = (value: number): string => threshold.format(value)
/** A number of a table in percent, as the paper prints it: "87.2". */
export const formatOneDecimal = (value: number): string => oneDecimal.format(value)
/** With three decimals, so that 0.497 is not shown as 0.50, the operating point that it is below. */
export const formatScore = (score: number): string =>
  short(score, 0.001, (value) => threeDecimals.format(value))
/** Never rounded to 100% or 0%: "> 99.9%", "< 0.1%". */
export const formatProbability = (fraction: number): string => short(fraction, 0.001, formatPercent)
/** The same in whole percents, for narrow places. */
export const formatWholeProbability = (fraction: number): string => short(fraction, 0.01, formatWholePercent)

function short(value: number, step: number, format: (value: number) => string): string {
  if (value > 0 && value < step / 2) return `< ${format(step)}`
  if (value < 1 && value >= 1 - step / 2) return `> ${format(1 - step)}`
  return format(value)
}
const byteUnits = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
const bytesIn = byteUnits.map(
  (unit) => new Intl.NumberFormat(undefined, { style: 'unit', unit, maximumSignificantDigits: 3 }),
)
/** In powers of a thousand, as disks are sold: "1.24 GB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), byteUnits.length)
  return bytesIn[power - 1]?.format(bytes / 1000 ** power) ?? String(bytes)
}
export const isoNow = (): string => new Date().toISOString()
/** The day of a time in UTC, by which weeks are counted. */
export const formatDate = (iso: string): string => date.format(new Date(iso))
/** Day and minute in the reader's format and time zone: "29 Nov 2026, 11:21", "Nov 29, 2026, 11:21 AM". */
export const formatDateTime = (iso: string): string => dateTime.format(new Date(iso))

/** Rounded for reading: "45 s", "3 min", "2 h 10 min". */
export function formatDuration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000)
  if (seconds < 60) return `${Math.max(1, seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return `${Math.round(hours / 24)} days`
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
/** Letters of a name that always show: names of one case differ in their last part. */
const tailLength = 13
/** A cut saves nothing for so few letters more. */
const spared = 5

/**
 * A name in two parts; only the first may be shortened. A name of at most 5 letters more than the second part is one
 * part. No character is divided, composed ones included.
 * @param tail letters of the second part
 */
export function cutName(name: string, tail = tailLength): [start: string, end: string] {
  if (name.length <= tail + spared) return [name, '']
  const letters = Array.from(graphemes.segment(name), ({ segment }) => segment)
  if (letters.length <= tail + spared) return [name, '']
  return [letters.slice(0, -tail).join(''), letters.slice(-tail).join('')]
}

/** The last part of a path, of any system. */
export const fileNameOf = (path: string): string =>
  path.split(/[\\/]/).findLast((part) => part !== '') ?? path

/** A path below a folder, with the separator of the folder's own system. */
export function joinPath(folder: string, name: string): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/'
  return folder.endsWith(separator) ? folder + name : folder + separator + name
}

/** Mean of at least one number. */
export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Population standard deviation (docs/pipeline.md, section 11). */
export function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values)
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)))
}
