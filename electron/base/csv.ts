/** Limits of every table that is read. A spreadsheet keeps no longer text in a cell. */
export const tableLimits = {
  bytes: 64 * 2 ** 20,
  columns: 200,
  /** Without the first line. */
  rows: 100_000,
  cellCharacters: 32_767,
} as const

type Refuse = (reason: string) => never

/**
 * The rows of a comma-separated table, each a record by the names of its first line. As `readCsvRows`.
 * @param refuse throws; its argument is the reason: one of `readCsvRows`
 */
export function parseCsv(text: string, refuse: Refuse): Record<string, string>[] {
  const rows = readCsvRows(text, refuse)
  const names = rows.next().value ?? []
  return Array.from(rows, (cells) =>
    Object.fromEntries(names.map((name, column) => [name, cells[column] ?? ''])),
  )
}

/**
 * The lines of a table, one by one: first the column names without white space around them, then the rows, each as long as
 * the first line. Its separator is what a line `sep=;` says, otherwise the comma, semicolon or tab that the first line has most
 * of. RFC 4180: quoted fields may hold separators, line ends and doubled quotes. Lines may end in CRLF, LF or CR. Columns
 * without a name and content at the end are left out, as spreadsheets write them. White space at the end of the text and a byte order mark, with which spreadsheets begin their files, are
 * ignored, as is the apostrophe before a formula (`csvText`). Takes time in proportion to the text.
 * @param refuse throws; its argument is the reason: a stray or open quote, a row of another length than the first, a
 *   column name given twice, or more than `tableLimits` allows
 */
export function* readCsvRows(text: string, refuse: Refuse): Generator<string[], void> {
  let names: string[] | null = null
  let row = 0
  const whole = text.replace(/^\uFEFF/, '').trimEnd()
  const said = /^sep=([,;\t])(?:\r\n|\r|\n|$)/i.exec(whole)
  const body = said === null ? whole : whole.slice(said[0].length)
  for (const found of splitCsv(body, said?.[1] ?? separatorOf(body), refuse)) {
    if (names === null) {
      names = withoutEmptyEnd(
        found.map((name) => name.trim()),
        1,
      )
      const twice = names.find((name, column) => name !== '' && column !== names?.indexOf(name))
      if (twice !== undefined) refuse(`the column "${twice.slice(0, 80)}" is there twice`)
      yield names
      continue
    }
    row++
    if (row > tableLimits.rows) refuse(`it has more than ${tableLimits.rows} rows`)
    const cells = withoutEmptyEnd(found, names.length)
    if (cells.length !== names.length) {
      refuse(`row ${row} has ${cells.length} fields and the first line has ${names.length}`)
    }
    yield cells
  }
}

/** Without empty cells at the end, down to `min` cells. */
function withoutEmptyEnd(cells: string[], min: number): string[] {
  const length = cells.findLastIndex((cell) => cell !== '') + 1
  return cells.slice(0, Math.max(length, min))
}

/** The separator that the first line has most of, outside quotes; a comma if it has none. */
function separatorOf(text: string): string {
  const [line = ''] = text.replaceAll(/"[^"]*"/g, '').split(/[\r\n]/, 1)
  const countOf = (separator: string): number => line.split(separator).length
  return [',', ';', '\t'].reduce((most, one) => (countOf(one) > countOf(most) ? one : most))
}

function* splitCsv(text: string, separator: string, refuse: Refuse): Generator<string[], void> {
  if (text === '') return
  /** What ends a field without quotes. */
  const plainEnd = new RegExp(`["${separator}\\r\\n]`, 'g')
  const { columns, cellCharacters } = tableLimits
  let line = 0
  let cells: string[] = []
  const lineName = (): string => (line === 0 ? 'the first line' : `row ${line}`)
  for (let at = 0; ;) {
    let cell: string
    if (text[at] === '"') [cell, at] = readQuoted(text, at, lineName, refuse)
    else {
      plainEnd.lastIndex = at
      const end = plainEnd.exec(text)?.index ?? text.length
      cell = text.slice(at, end)
      at = end
    }
    if (cell.length > cellCharacters) {
      refuse(`${lineName()} has a cell of ${cell.length} characters; at most ${cellCharacters} are read`)
    }
    if (cells.length === columns) refuse(`${lineName()} has more than ${columns} columns`)
    cells.push(withoutApostrophe(cell))
    if (at === text.length) {
      yield cells
      return
    }
    if (text[at] === separator) {
      at++
      continue
    }
    at += text.startsWith('\r\n', at) ? 2 : 1
    if (!'\r\n'.includes(text[at - 1] ?? '"')) refuse(`${lineName()} has a quote or a line end out of place`)
    yield cells
    cells = []
    line++
  }
}

/** The text of the quoted field that begins at `from`, and where it ends. */
function readQuoted(
  text: string,
  from: number,
  lineName: () => string,
  refuse: Refuse,
): [cell: string, end: number] {
  let start = from + 1
  let cell = ''
  for (;;) {
    const quote = text.indexOf('"', start)
    if (quote === -1) return refuse(`${lineName()} has a quote or a line end out of place`)
    const isDoubled = text[quote + 1] === '"'
    cell += text.slice(start, isDoubled ? quote + 1 : quote)
    // Too long already: the caller refuses it, however long it would get.
    if (!isDoubled || cell.length > tableLimits.cellCharacters) return [cell, quote + 1]
    start = quote + 2
  }
}

type CsvRows = readonly (readonly (string | number)[])[]

/** The content of a CSV file: `csvText` after a byte order mark, without which spreadsheets misread UTF-8. */
export const csvFile = (rows: CsvRows): string => `\uFEFF${csvText(rows)}`

/**
 * Rows as RFC 4180 with CRLF after each. A text that a spreadsheet would run as a formula gets an apostrophe in front,
 * which `parseCsv` takes off again: any text comes back as it was.
 */
export const csvText = (rows: CsvRows): string =>
  rows.map((row) => `${row.map(csvField).join(',')}\r\n`).join('')

/**
 * What a spreadsheet takes for a formula, also in its full-width form, after any apostrophes: a text that has one already
 * gets another, so that taking one off is always right.
 */
const formula = /^'*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/
const protectedFormula = /^''*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/

function csvField(cell: string | number): string {
  if (typeof cell === 'number') return String(cell)
  const text = formula.test(cell) ? `'${cell}` : cell
  // Blanks at the ends are quoted, since those at the end of a table are not part of it.
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const withoutApostrophe = (cell: string): string => (protectedFormula.test(cell) ? cell.slice(1) : cell)
