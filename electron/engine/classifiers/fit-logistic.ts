import type { LabelledRows } from './labelled-rows.ts'
import { LogLoss } from './log-loss.ts'
import type { LogisticModel } from './logistic-regression.ts'
import { minimise } from './minimise.ts'
import type { Pause } from './pause.ts'
import { spanOf, type RowSpan } from './row-span.ts'
import { fitScaling, standardise, type Scaling } from './standardise.ts'

/**
 * Length of the gradient of a finished fit, relative to that at weights of 0. Weights are then at most 1e-11 times C times
 * that length off, far less than what is compared with the reference (1e-5).
 */
const finalTolerance = 1e-11

/** Intercept of a class without a training row: its probability is 0. Within the limits of `logistic-text.ts`. */
const absentIntercept = -1e5

/** Standardised rows with their span, ready for fits with several penalties. Classes are those that occur. */
interface PreparedRows {
  readonly scaling: Scaling
  readonly standardised: LabelledRows
  readonly span: RowSpan
  /** The classes that occur, ascending. */
  readonly present: readonly number[]
}

export async function prepareRows(rows: LabelledRows, pause: Pause): Promise<PreparedRows> {
  const present = [...new Set(rows.classes)].toSorted((a, b) => a - b)
  const scaling = fitScaling(rows)
  const standardised = {
    ...standardise(rows, scaling),
    classes: rows.classes.map((classIndex) => present.indexOf(classIndex)),
  }
  return { scaling, standardised, span: await spanOf(standardised, pause), present }
}

/** Parameters of a fit in the coordinates of the span. */
interface SpanFit {
  readonly loss: LogLoss
  readonly parameters: Float64Array
}

/** Fits in the span, from the parameters of a fit with another penalty or from 0. At least two classes must be present. */
export async function fitInSpan(
  { span, standardised, present }: PreparedRows,
  penalty: number,
  { start, tolerance, pause }: { start?: Float64Array | undefined; tolerance: number; pause: Pause },
): Promise<SpanFit> {
  const rows = { ...span.coordinates, classes: standardised.classes }
  const loss = new LogLoss(rows, present.length, penalty)
  const parameters = await minimise(loss, { start: start ?? new Float64Array(loss.size), tolerance, pause })
  return { loss, parameters }
}

/**
 * The model of parameters in the span.
 * @param classCount of the model; a class without a row gets a probability of 0
 */
export function modelOf(
  { scaling, standardised, span, present }: PreparedRows,
  parameters: Float64Array,
  penalty: number,
  classCount: number,
): LogisticModel {
  const { columns } = standardised
  return toModel(expandAll(parameters, span), { scaling, columns, present, penalty, classCount })
}

/**
 * L2 logistic regression on standardised columns, in float64; the same rows give the same bits.
 *
 * Source: scikit-learn 1.7.2, `LogisticRegression(C=penalty)` after `StandardScaler` (test/references/classifiers).
 * Deviations: Newton's method, to a far smaller gradient; a class without a row is allowed.
 */
export async function fitLogistic(
  rows: LabelledRows,
  classCount: number,
  penalty: number,
  pause: Pause,
): Promise<LogisticModel> {
  const prepared = await prepareRows(rows, pause)
  const { scaling, standardised, span, present } = prepared
  const { columns } = standardised
  const toFinish = { scaling, columns, present, penalty, classCount }
  if (present.length < 2) return toModel(new Float64Array(columns + 1), toFinish)
  const { parameters } = await fitInSpan(prepared, penalty, { tolerance: finalTolerance, pause })
  // The basis of the span has rounding errors of its own, so that the last steps take the rows as they are.
  const loss = new LogLoss(standardised, present.length, penalty)
  const start = expandAll(parameters, span)
  return toModel(await minimise(loss, { start, tolerance: finalTolerance, pause }), toFinish)
}

/** Weights of the columns from those of the coordinates, vector by vector. */
function expandAll(parameters: Float64Array, { coordinates, expand }: RowSpan): Float64Array {
  const width = coordinates.columns + 1
  const vectors = Array.from({ length: parameters.length / width }, (_, k) => [
    ...expand(parameters.subarray(k * width, (k + 1) * width - 1)),
    parameters[(k + 1) * width - 1] ?? 0,
  ])
  return Float64Array.from(vectors.flat())
}

interface ModelFacts {
  readonly scaling: Scaling
  readonly columns: number
  readonly present: readonly number[]
  readonly penalty: number
  readonly classCount: number
}

/** One vector for two classes becomes two: half of it for the second and minus that for the first. */
function toModel(
  parameters: Float64Array,
  { scaling, columns, present, penalty, classCount }: ModelFacts,
): LogisticModel {
  const weights = new Float64Array(classCount * columns)
  const intercepts = new Float64Array(classCount).fill(present.length < 1 ? 0 : absentIntercept)
  const isBinary = parameters.length === columns + 1
  present.forEach((classIndex, k) => {
    const from = isBinary ? 0 : k * (columns + 1)
    const factor = !isBinary ? 1 : k === 0 ? -0.5 : 0.5
    for (let j = 0; j < columns; j++) {
      weights[classIndex * columns + j] = factor * (parameters[from + j] ?? 0)
    }
    intercepts[classIndex] = factor * (parameters[from + columns] ?? 0)
  })
  return { ...scaling, classCount, columns, penalty, intercepts, weights }
}
