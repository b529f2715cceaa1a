import type { LabelledRows } from './labelled-rows.ts'
import { addScaled, dot, norm } from './vectors.ts'

/**
 * The objective of an L2 logistic regression, divided by C: the sum of the log losses plus the squared norm of the
 * weights over 2 C. The intercepts are not penalised. Two classes have one vector of weights (the binomial loss, for
 * class 1), more have one each (softmax).
 *
 * Parameters: for each vector its weights, one a column, then its intercept.
 *
 * Source: scikit-learn 1.7.2, `LogisticRegression`.
 */
export class LogLoss {
  readonly size: number
  readonly outputs: number
  readonly #rows: LabelledRows
  readonly #decay: number
  /** Of the parameters last evaluated: rows x outputs. */
  readonly #probabilities: Float64Array
  readonly #work: Float64Array

  constructor(rows: LabelledRows, classCount: number, penalty: number) {
    this.#rows = rows
    this.#decay = 1 / penalty
    this.outputs = classCount === 2 ? 1 : classCount
    this.size = this.outputs * (rows.columns + 1)
    this.#probabilities = new Float64Array(rows.rows * this.outputs)
    this.#work = new Float64Array(rows.rows * this.outputs)
  }

  /** Writes the gradient to `gradient`, in place. */
  evaluate(parameters: Float64Array, gradient: Float64Array): number {
    const { classes } = this.#rows
    const { outputs } = this
    const probabilities = this.#probabilities
    this.#multiply(parameters, probabilities)
    let value = 0
    for (let row = 0; row < classes.length; row++) {
      const truth = classes[row] ?? 0
      const from = row * outputs
      if (outputs === 1) {
        const score = probabilities[from] ?? 0
        const margin = truth === 1 ? score : -score
        value += margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin
        probabilities[from] = sigmoid(score)
        this.#work[from] = sigmoid(score) - truth
        continue
      }
      const ofTruth = probabilities[from + truth] ?? 0
      value += softmaxInPlace(probabilities, from, outputs) - ofTruth
      for (let k = 0; k < outputs; k++) {
        this.#work[from + k] = (probabilities[from + k] ?? 0) - (k === truth ? 1 : 0)
      }
    }
    this.#multiplyBack(this.#work, parameters, gradient)
    for (let k = 0; k < outputs; k++) {
      const { columns } = this.#rows
      const length = norm(parameters.subarray(k * (columns + 1), k * (columns + 1) + columns))
      value += (this.#decay / 2) * length * length
    }
    return value
  }

  /** The Hessian at the parameters last evaluated, times `direction`; written to `product`, in place. */
  hessianTimes(direction: Float64Array, product: Float64Array): void {
    const { outputs } = this
    const probabilities = this.#probabilities
    const work = this.#work
    this.#multiply(direction, work)
    for (let from = 0; from < work.length; from += outputs) {
      if (outputs === 1) {
        const p = probabilities[from] ?? 0
        work[from] = p * (1 - p) * (work[from] ?? 0)
        continue
      }
      const mean = dot(probabilities, from, work, from, outputs)
      for (let k = from; k < from + outputs; k++) {
        work[k] = (probabilities[k] ?? 0) * ((work[k] ?? 0) - mean)
      }
    }
    this.#multiplyBack(work, direction, product)
  }

  /** The diagonal of that Hessian; above 0. */
  hessianDiagonal(): Float64Array {
    const { values, rows, columns } = this.#rows
    const diagonal = new Float64Array(this.size)
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < this.outputs; k++) {
        const p = this.#probabilities[row * this.outputs + k] ?? 0
        const curvature = p * (1 - p)
        const to = k * (columns + 1)
        for (let j = 0; j < columns; j++) {
          const x = values[row * columns + j] ?? 0
          diagonal[to + j] = (diagonal[to + j] ?? 0) + curvature * x * x
        }
        diagonal[to + columns] = (diagonal[to + columns] ?? 0) + curvature
      }
    }
    const least = Number.MIN_VALUE ** 0.5
    return diagonal.map((value, i) =>
      (i + 1) % (columns + 1) === 0 ? Math.max(value, least) : value + this.#decay,
    )
  }

  /** The score of each row and output. */
  #multiply(parameters: Float64Array, scores: Float64Array): void {
    const { values, rows, columns } = this.#rows
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < this.outputs; k++) {
        const from = k * (columns + 1)
        scores[row * this.outputs + k] =
          dot(values, row * columns, parameters, from, columns) + (parameters[from + columns] ?? 0)
      }
    }
  }

  /** The transposed product, plus the penalty's share of `parameters`. */
  #multiplyBack(scores: Float64Array, parameters: Float64Array, product: Float64Array): void {
    const { values, rows, columns } = this.#rows
    for (let i = 0; i < product.length; i++) {
      product[i] = (i + 1) % (columns + 1) === 0 ? 0 : this.#decay * (parameters[i] ?? 0)
    }
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < this.outputs; k++) {
        const score = scores[row * this.outputs + k] ?? 0
        const to = k * (columns + 1)
        addScaled(product, to, values, row * columns, columns, score)
        product[to + columns] = (product[to + columns] ?? 0) + score
      }
    }
  }
}

const sigmoid = (score: number): number =>
  score >= 0 ? 1 / (1 + Math.exp(-score)) : Math.exp(score) / (1 + Math.exp(score))

/** Replaces scores by class probabilities. Returns the logarithm of the sum of their exponentials. */
export function softmaxInPlace(scores: Float64Array, from: number, count: number): number {
  let highest = -Infinity
  for (let k = from; k < from + count; k++) highest = Math.max(highest, scores[k] ?? 0)
  let sum = 0
  for (let k = from; k < from + count; k++) {
    const power = Math.exp((scores[k] ?? 0) - highest)
    scores[k] = power
    sum += power
  }
  for (let k = from; k < from + count; k++) scores[k] = (scores[k] ?? 0) / sum
  return highest + Math.log(sum)
}
