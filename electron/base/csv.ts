/**
 * The rows of a comma-separated table, each a record by the names of its first line. RFC 4180: quoted fields
 * may hold commas, line ends and doubled quotes. Lines may end in LF. White space at the end of the text and a
 * byte order mark, with which spreadsheets begin their files, are ignored.
 * @param refuse throws; its argument is the reason: a stray or open quote, a row of another length than the
 *   first, or a column name given twice
 */
export function parseCsv(text: string, refuse: (reason: string) => never): Record<string, string>[] {
  const [names = [], ...rows] = splitCsv(text.replace(/^\uFEFF/, '').trimEnd(), refuse)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) refuse(`the column "${twice}" is there twice`)
  return rows.map((cells, i) => {
    if (cells.length !== names.length) {
      refuse(`row ${i + 1} has ${cells.length} fields and the first line has ${names.length}`)
    }
    return Object.fromEntries(names.map((name, column) => [name.trim(), cells[column] ?? '']))
  })
}

/** A field, quoted or plain, and what ends it. */
const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y

function splitCsv(text: string, refuse: (reason: string) => never): string[][] {
  if (text === '') return []
  const rows: string[][] = [[]]
  field.lastIndex = 0
  for (;;) {
    const match = field.exec(text)
    if (match === null) {
      const line = rows.length === 1 ? 'the first line' : `row ${rows.length - 1}`
      return refuse(`${line} has a quote or a line end out of place`)
    }
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    const end = match[3] ?? ''
    if (end === '') return rows
    if (end !== ',') rows.push([])
  }
}

interface CsvOptions {
  /**
   * `neutralise`: a text that a spreadsheet would run as a formula gets an apostrophe in front; for tables that
   * people open. `keep`: every text as it is; for tables that are read back, which must return the same text.
   */
  formulas: 'neutralise' | 'keep'
}

/** Rows as RFC 4180 with CRLF after each. */
export const csvText = (rows: readonly (readonly (string | number)[])[], { formulas }: CsvOptions): string =>
  rows.map((row) => `${row.map((cell) => csvField(cell, formulas)).join(',')}\r\n`).join('')

function csvField(cell: string | number, formulas: CsvOptions['formulas']): string {
  if (typeof cell === 'number') return String(cell)
  const text = formulas === 'neutralise' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
