import { tableLimits } from '../../base/csv.ts'
import { AppError, defaultClassesText, parseClassScheme } from '../../contract/index.ts'

/** The prediction for one image by boosters that were trained without it. */
export interface PredictionRow {
  image: string
  fold: string
  /** The case; null: unknown, the image counts as a case of its own. */
  caseName: string | null
  /** Content hash of its image, where several rows may be regions of one image; absent: each row is an image. */
  sha256?: string
  /** The label, as an index into `classes`. */
  truth: number
  /** The suggested class, as an index into `classes`. */
  predicted: number
  /** Carcinoma score 0..1; null: not given. Either all rows have one or none. */
  score: number | null
  /** One per class, 0..1, with sum 1; null: not given. Either all rows have them or none. */
  probabilities: readonly number[] | null
}

export interface PredictionTable {
  /** At least one, all different. */
  classes: readonly string[]
  /** Whether each class counts as carcinoma. */
  isPositive: readonly boolean[]
  rows: readonly PredictionRow[]
}

/** A table with more classes or folds has the wrong column. */
const maxClasses = 100
const maxFolds = 1000
/** Rows of predictions that are evaluated: five times the images of the largest workspace that Lobule is tested with. */
export const maxPredictions = 50_000
/** Tolerance for a sum of probabilities: the rounding error of ten classes written with three decimals. */
const sumTolerance = 0.005

const refuse = (reason: string): never => {
  throw new AppError('evaluation.invalid-table', { reason })
}

type Cells = ReadonlyMap<string, unknown>

/**
 * Reads a table of predictions from records of a JSON file or `parseCsv`.
 *
 * Columns: image, fold, truth, predicted. Optional: case, carcinoma_score, sha256 (of the image; the same in rows of its regions), and one
 * column of probabilities per class, named after the class, with or without the prefix `p_` (or an object `probabilities`). Other columns are
 * ignored. Cells may be text or numbers; an empty case means no case.
 *
 * The classes are those in the table. If all belong to the default scheme, they have its order; otherwise they are
 * sorted by character code. `positive` lists the positive classes; by default the carcinomas of the default scheme.
 * @throws AppError `evaluation.invalid-table` with the number of the row, from 1; `classes.unknown` if
 *   `positive` contains a class that is not in the table
 */
export function readPredictionTable(
  records: unknown,
  positive: readonly string[] | null = null,
): PredictionTable {
  if (!Array.isArray(records)) return refuse('it is not a list of rows')
  if (records.length > maxPredictions) {
    return refuse(`it has ${records.length} rows; at most ${maxPredictions} are evaluated`)
  }
  const rows = records.map((record, i) => cellsOf(record, i + 1))
  const scheme = parseClassScheme(defaultClassesText)
  const labels = rows.flatMap((row, i) => [textAt(row, 'truth', i + 1), textAt(row, 'predicted', i + 1)])
  const known = new Set([...labels, ...scheme.map(({ name }) => name)])
  const columnOf = new Map<string, string>()
  for (const column of new Set(rows.flatMap((row) => [...row.keys()]))) {
    const className = /^p_(.+)$/.exec(column)?.[1] ?? (known.has(column) ? column : null)
    if (className !== null && !notClasses.has(column)) columnOf.set(className, column)
  }
  const classes = inOrder(
    new Set([...labels, ...columnOf.keys()]),
    scheme.map(({ name }) => name),
  )
  if (classes.length > maxClasses) {
    refuse(`its columns truth and predicted contain ${classes.length} classes; the maximum is ${maxClasses}`)
  }
  const folds = new Set(rows.map((row, i) => textAt(row, 'fold', i + 1))).size
  if (folds > maxFolds) refuse(`its column fold contains ${folds} folds; the maximum is ${maxFolds}`)
  const missing = classes.find((className) => !columnOf.has(className))
  if (columnOf.size > 0 && missing !== undefined) refuse(`class ${missing} has no column of probabilities`)
  const unknown = positive?.find((className) => !classes.includes(className))
  if (unknown !== undefined) throw new AppError('classes.unknown', { className: unknown, known: classes })

  const positives = positive ?? scheme.flatMap((c) => (c.isPositive ? [c.name] : []))
  const hasScore = rows.some((row) => !isEmpty(row.get('carcinoma_score')))
  const table = {
    classes,
    isPositive: classes.map((className) => positives.includes(className)),
    rows: rows.map((row, i) => ({
      image: textAt(row, 'image', i + 1),
      fold: textAt(row, 'fold', i + 1),
      caseName: isEmpty(row.get('case')) ? null : textAt(row, 'case', i + 1),
      ...(isEmpty(row.get('sha256')) ? {} : { sha256: textAt(row, 'sha256', i + 1) }),
      truth: classes.indexOf(textAt(row, 'truth', i + 1)),
      predicted: classes.indexOf(textAt(row, 'predicted', i + 1)),
      score: hasScore ? numberAt(row, 'carcinoma_score', i + 1) : null,
      probabilities:
        columnOf.size === 0
          ? null
          : classes.map((className) => numberAt(row, columnOf.get(className) ?? className, i + 1)),
    })),
  }
  checkPredictionTable(table)
  return table
}

/** Columns that are never probabilities, even if a class has this name. */
const notClasses = new Set(['image', 'fold', 'truth', 'predicted', 'case', 'carcinoma_score', 'sha256'])

function inOrder(names: ReadonlySet<string>, defaultOrder: readonly string[]): string[] {
  return [...names].every((name) => defaultOrder.includes(name))
    ? defaultOrder.filter((name) => names.has(name))
    : [...names].sort()
}

function cellsOf(record: unknown, row: number): Cells {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    return refuse(`row ${row} is not a record of columns`)
  }
  const cells = Object.entries(record as Record<string, unknown>).flatMap(
    ([column, cell]): [string, unknown][] =>
      column === 'probabilities' && typeof cell === 'object' && cell !== null
        ? Object.entries(cell).map(([className, probability]) => [`p_${className}`, probability])
        : [[column, cell]],
  )
  const { columns, cellCharacters } = tableLimits
  if (cells.length > columns) refuse(`row ${row} has ${cells.length} columns; at most ${columns} are read`)
  const long = cells.find(([, cell]) => typeof cell === 'string' && cell.length > cellCharacters)
  if (long !== undefined) refuse(`row ${row} has a cell of more than ${cellCharacters} characters`)
  return new Map(cells)
}

const isEmpty = (cell: unknown): boolean =>
  cell === undefined || cell === null || (typeof cell === 'string' && cell.trim() === '')

function textAt(cells: Cells, column: string, row: number): string {
  const cell = cells.get(column)
  if (isEmpty(cell)) return refuse(`row ${row} has no ${column}`)
  if (typeof cell === 'string') return cell.trim()
  return typeof cell === 'number' ? String(cell) : refuse(`the ${column} of row ${row} is not text`)
}

function numberAt(cells: Cells, column: string, row: number): number {
  const cell = cells.get(column)
  if (isEmpty(cell)) return refuse(`row ${row} has no ${column}`)
  const value = typeof cell === 'string' ? Number(cell) : cell
  return typeof value === 'number' && Number.isFinite(value)
    ? value
    : refuse(`the ${column} of row ${row} is not a number`)
}

/**
 * Refuses a table that cannot be evaluated: no rows, duplicate images, a class out of range, a value that is not a
 * number or not 0..1, probabilities that do not add up to 1 (within 0.005) or do not match the number of classes, scores
 * or probabilities in only some of the rows.
 * @throws AppError `evaluation.invalid-table` with the number of the row, from 1
 */
export function checkPredictionTable({ classes, isPositive, rows }: PredictionTable): void {
  const first = rows[0]
  if (first === undefined) return refuse('it has no rows')
  if (isPositive.length !== classes.length || new Set(classes).size !== classes.length) {
    refuse('its classes must be different, and each must be marked as positive or not')
  }
  const isClass = (index: number): boolean => classes[index] !== undefined
  const isShare = (value: number): boolean => value >= 0 && value <= 1
  const seen = new Map<string, number>()
  rows.forEach(({ image, truth, predicted, score, probabilities }, i) => {
    const row = i + 1
    const before = seen.get(image)
    if (before !== undefined) refuse(`image ${image} is in row ${before} and again in row ${row}`)
    seen.set(image, row)
    if (!isClass(truth) || !isClass(predicted)) refuse(`row ${row} has an unknown class`)
    if ((score === null) !== (first.score === null))
      refuse(`row ${row} has ${score === null ? 'no score' : 'a score'}, unlike row 1`)
    if (score !== null && !isShare(score)) refuse(`the score of row ${row} is ${score}, not 0 to 1`)
    if ((probabilities === null) !== (first.probabilities === null)) {
      refuse(`row ${row} has ${probabilities === null ? 'no ' : ''}probabilities, unlike row 1`)
    }
    if (probabilities === null) return
    if (probabilities.length !== classes.length) {
      refuse(`row ${row} has ${probabilities.length} probabilities for ${classes.length} classes`)
    }
    const bad = probabilities.find((probability) => !isShare(probability))
    if (bad !== undefined) refuse(`row ${row} has a probability of ${bad}, not 0 to 1`)
    const sum = probabilities.reduce((total, probability) => total + probability, 0)
    if (Math.abs(sum - 1) > sumTolerance) refuse(`the probabilities of row ${row} add up to ${sum}, not 1`)
  })
}
