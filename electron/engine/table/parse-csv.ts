/**
 * The rows of a comma-separated table, each a record by the names of its first line. RFC 4180: quoted fields
 * may hold commas, line ends and doubled quotes. Lines may end in LF; white space at the end is left out.
 * A byte order mark, with which spreadsheets begin their files, is left out.
 * @param refuse throws, told the reason: a stray or open quote, a row of another length than the first, or a
 *   column name given twice
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

/** A field as it stands in a comma-separated table: quoted where it must be. */
export const csvField = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
