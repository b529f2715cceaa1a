import type { ModelReport } from '../../contract/index.ts'
import { counted, type ReportFormat } from '../format.ts'

/** ", by 24 labelled regions (96 training fields) of 3 of them", as far as a model was trained on regions; otherwise nothing. */
export function regionWords({ predictions }: Pick<ModelReport, 'predictions'>, format: ReportFormat): string {
  const rows = predictions.flatMap(({ sha256, region }) =>
    region === undefined ? [] : [{ sha256, ...region }],
  )
  if (rows.length === 0) return ''
  const fields = rows.reduce((sum, row) => sum + row.fields, 0)
  const images = new Set(rows.map(({ sha256 }) => sha256)).size
  return `, by ${counted(format, rows.length, 'labelled region')} (${counted(format, fields, 'training field')}) of ${format.count(images)} of them`
}
