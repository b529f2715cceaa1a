import { softmaxInPlace } from './log-loss.ts'
import type { Scaling } from './standardise.ts'
import { dot } from './vectors.ts'

/** What a fitted logistic regression consists of. */
export interface LogisticModel extends Scaling {
  readonly classCount: number
  readonly columns: number
  /** C: the smaller, the stronger the penalty on the weights. */
  readonly penalty: number
  /** One a class. */
  readonly intercepts: Float64Array
  /** classes x columns, of standardised values. */
  readonly weights: Float64Array
}

/** Predicts class probabilities by a fitted logistic regression: softmax of intercepts and weighted, standardised values. */
export class LogisticRegression {
  readonly model: LogisticModel
  readonly #weights: Float64Array
  readonly #intercepts: Float64Array

  constructor(model: LogisticModel) {
    const { columns, center, scale } = model
    this.model = model
    this.#weights = model.weights.map((weight, i) => weight / (scale[i % columns] ?? 1))
    this.#intercepts = model.intercepts.map(
      (intercept, k) => intercept - dot(this.#weights, k * columns, center, 0, columns),
    )
  }

  /**
   * Class probabilities, row after row: rows x classes.
   * @param values rows x columns, row-major
   * @throws RangeError if the rows have another length than the training rows
   */
  predict(values: Float32Array | Float64Array, rows: number): Float64Array<ArrayBuffer> {
    const { classCount, columns } = this.model
    if (values.length !== rows * columns) {
      throw new RangeError(`${values.length} values are not ${rows} rows of ${columns}`)
    }
    const probabilities = new Float64Array(rows * classCount)
    const row = new Float64Array(columns)
    for (let i = 0; i < rows; i++) {
      row.set(values.subarray(i * columns, (i + 1) * columns))
      for (let k = 0; k < classCount; k++) {
        probabilities[i * classCount + k] =
          dot(row, 0, this.#weights, k * columns, columns) + (this.#intercepts[k] ?? 0)
      }
      softmaxInPlace(probabilities, i * classCount, classCount)
    }
    return probabilities
  }
}
