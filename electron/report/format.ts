import type { EncoderName } from '../contract/index.ts'

/** How numbers and times are written: a file has one form for all its readers, the page has the reader's own locale. */
export interface ReportFormat {
  count: (value: number) => string
  /** Of a share 0 to 1, with one decimal. */
  percent: (share: number) => string
  wholePercent: (share: number) => string
  /** As `percent`, but never rounded to a certainty that it is not. */
  probability: (share: number) => string
  /** Three decimals. */
  score: (value: number) => string
  threshold: (value: number) => string
  /** Two decimals. */
  setPoint: (value: number) => string
  oneDecimal: (value: number) => string
  /** Three significant digits. */
  number: (value: number) => string
  /** The day of a time. */
  date: (iso: string) => string
  time: (iso: string) => string
  duration: (milliseconds: number) => string
}

/** What the builders of a model's sections take beside the report itself. */
export interface ReportContext {
  format: ReportFormat
  /** The name of an encoder on screen or in a file. */
  titleOf: (encoder: EncoderName) => string
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

export const fileFormat: ReportFormat = {
  count: String,
  percent,
  wholePercent: (share) => `${Math.round(100 * share)} %`,
  probability: (share) => {
    if (share > 0 && share < 0.0005) return '< 0.1 %'
    if (share < 1 && share >= 0.9995) return '> 99.9 %'
    return percent(share)
  },
  score: (value) => value.toFixed(3),
  threshold: String,
  setPoint: (value) => value.toFixed(2),
  oneDecimal: (value) => value.toFixed(1),
  number: (value) => String(Number(value.toPrecision(3))),
  date: (iso) => iso.slice(0, 10),
  time: (iso) => iso,
  duration: (milliseconds) => `${Math.round(milliseconds / 1000)} s`,
}

/** "1 case", "12 cases". */
export const counted = ({ count }: ReportFormat, value: number, noun: string): string =>
  `${count(value)} ${value === 1 ? noun : `${noun}s`}`
