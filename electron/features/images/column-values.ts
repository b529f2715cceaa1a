import { columnValueOf, subgroupColumns, type ImageView, type TableValues } from '../../contract/index.ts'

type ValueOf = (image: ImageView) => string | null

/** What images have in a column: one of their own, or that of a table; null: nothing. */
export function columnValues(column: string, values: TableValues | null): ValueOf {
  if (values !== null) return tableValue(values)
  const known = subgroupColumns.find((name) => name === column)
  return known === undefined ? () => null : (image) => columnValueOf(known, image)
}

/** By the name of the file, or else of the case; upper and lower case, and spellings of one accent, are the same. */
function tableValue(values: TableValues): ValueOf {
  const byName = new Map(values.map(({ name, value }) => [keyOf(name), value.trim()]))
  return ({ fileName, caseName }) => {
    const value = byName.get(keyOf(fileName)) ?? (caseName === null ? undefined : byName.get(keyOf(caseName)))
    return value === undefined || value === '' ? null : value
  }
}

const keyOf = (name: string): string => name.trim().normalize('NFC').toLowerCase()
