import type { ReportFormat } from '../../electron/report/format.ts'
import {
  formatCount,
  formatDate,
  formatDateTime,
  formatDuration,
  formatNumber,
  formatOneDecimal,
  formatPercent,
  formatProbability,
  formatScore,
  formatSetPoint,
  formatThreshold,
  formatWholePercent,
} from './format.ts'

/** Numbers and times of a report in the reader's own locale. */
export const pageFormat: ReportFormat = {
  count: formatCount,
  percent: formatPercent,
  wholePercent: formatWholePercent,
  probability: formatProbability,
  score: formatScore,
  threshold: formatThreshold,
  setPoint: formatSetPoint,
  oneDecimal: formatOneDecimal,
  number: formatNumber,
  date: formatDate,
  time: formatDateTime,
  duration: formatDuration,
}
