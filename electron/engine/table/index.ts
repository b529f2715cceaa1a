export { csvField, parseCsv } from './parse-csv.ts'
