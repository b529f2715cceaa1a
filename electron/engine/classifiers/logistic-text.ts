import type { LogisticModel } from './logistic-regression.ts'

const header = 'lobule logistic regression 1'

/** More classes or columns than any model has. */
const maxClasses = 1000
const maxColumns = 2 ** 20
/** Of a class and column; a text of that many weights has some 400 MB. */
const maxWeights = 2 ** 24
/**
 * Largest number in a text, positive or negative. Standardised values are rarely above 10, so a score of a million already
 * means certainty, and no sum of products leaves the range of float64.
 */
const maxSize = 1e30

/** Whether a text claims to be a logistic regression; LightGBM's begin with `tree`. */
export const isLogisticText = (text: string): boolean => text.startsWith('lobule logistic regression')

/** The text of a model: a header and one line for each field. Numbers are written so that reading gives the same bits. */
export function logisticText({ classCount, columns, penalty, ...lists }: LogisticModel): string {
  const { center, scale, intercepts, weights } = lists
  const rows = Array.from({ length: classCount }, (_, k) => weights.subarray(k * columns, (k + 1) * columns))
  return [
    header,
    `classes=${classCount}`,
    `columns=${columns}`,
    `C=${penalty}`,
    `center=${center.join(' ')}`,
    `scale=${scale.join(' ')}`,
    `intercepts=${intercepts.join(' ')}`,
    ...rows.map((row) => `weights=${row.join(' ')}`),
    'end',
    '',
  ].join('\n')
}

/**
 * The model of a text, which may come from anywhere. A text that `logisticText` would not have written, byte for byte, is
 * refused, and so are numbers that are not finite or very large.
 * @returns the model, or why the text is refused
 */
export function readLogisticText(text: string): LogisticModel | string {
  const lines = text.split('\n', maxClasses + 10)
  if (lines[0] !== header) return `its first line is not "${header}"`
  const classCount = countIn(lines[1], 'classes=', maxClasses)
  const columns = countIn(lines[2], 'columns=', maxColumns)
  if (classCount === null || columns === null)
    return 'its numbers of classes and columns are missing or too large'
  if (classCount * columns > maxWeights)
    return `it has ${classCount} x ${columns} weights, more than a model has`
  const [penalty] = numbersIn(lines[3], 'C=', 1) ?? []
  const center = numbersIn(lines[4], 'center=', columns)
  const scale = numbersIn(lines[5], 'scale=', columns)
  const intercepts = numbersIn(lines[6], 'intercepts=', classCount)
  if (penalty === undefined || center === null || scale === null || intercepts === null) {
    return 'its scaling or its intercepts are damaged'
  }
  if (!(penalty > 0)) return `its C is ${penalty}`
  if (!scale.every((value) => value > 1 / maxSize)) return 'it has a scale that is not above 0'
  const weights = new Float64Array(classCount * columns)
  for (let k = 0; k < classCount; k++) {
    const row = numbersIn(lines[7 + k], 'weights=', columns)
    if (row === null) return `the weights of its class ${k + 1} are damaged`
    weights.set(row, k * columns)
  }
  const model = { classCount, columns, penalty, center, scale, intercepts, weights }
  return logisticText(model) === text ? model : 'it is not written as Lobule writes it'
}

function countIn(line: string | undefined, name: string, max: number): number | null {
  const count = line?.startsWith(name) === true ? Number(line.slice(name.length)) : NaN
  return Number.isInteger(count) && count >= 1 && count <= max ? count : null
}

function numbersIn(line: string | undefined, name: string, count: number): Float64Array | null {
  if (line?.startsWith(name) !== true) return null
  const parts = line.slice(name.length).split(' ', count + 1)
  if (parts.length !== count) return null
  // Number('') is 0.
  const numbers = Float64Array.from(parts, (part) => (part === '' ? NaN : Number(part)))
  // Also false for NaN.
  return numbers.every((value) => Math.abs(value) <= maxSize) ? numbers : null
}
