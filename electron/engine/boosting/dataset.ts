import { AppError } from '../../contract/errors.ts'
import { boostingAddon, type Handle, type Matrix, type NativeDataset } from './addon.ts'
import { invalid, native } from './failure.ts'
import { checkMatrix } from './matrix.ts'
import { checkParameters, parameterText, type CheckedParameters, type Parameters } from './parameters.ts'

export interface MatrixDescription {
  readonly rows: number
  readonly columns: number
  /** One finite number for each row; for classes 0, 1, 2, ... */
  readonly labels: ArrayLike<number>
  /** One number >= 0 for each row, not all 0. */
  readonly weights?: ArrayLike<number> | undefined
  /** LightGBM's parameters for binning (max_bin, min_data_in_leaf, seeds, ...); training starts from them. */
  readonly parameters: Parameters
  /** Take over this dataset's bins, as validation data must. */
  readonly reference?: Dataset | undefined
}

/**
 * A binned training set: one byte or two for each value instead of four or eight. It is not changed by
 * training, so that any number of boosters may train on it at once.
 *
 * Freed by `close()`, by `using`, or at last with the garbage; work in progress keeps what it needs.
 */
export class Dataset implements Disposable {
  readonly rows: number
  readonly columns: number
  /** The parameters it was binned with. */
  readonly parameters: CheckedParameters
  #handle: Handle | undefined

  private constructor(dataset: NativeDataset, parameters: CheckedParameters) {
    this.rows = dataset.rows
    this.columns = dataset.columns
    this.parameters = parameters
    this.#handle = dataset.handle
  }

  /**
   * Bins `matrix`: row-major, rows x columns, NaN where a value is missing. It is read, not copied, and off
   * this thread: it must not be written to, transferred or resized until the promise is settled. Labels and
   * weights are copied at once.
   *
   * Throws `boosting.invalid-input`, `boosting.failed`, `boosting.closed` (the reference),
   * `boosting.addon-missing`.
   */
  static async fromMatrix(matrix: Matrix, description: MatrixDescription): Promise<Dataset> {
    const { rows, columns, reference } = description
    checkMatrix(matrix, rows, columns)
    const labels = finiteNumbers(description.labels, rows, 'label')
    const weights = description.weights && checkWeights(description.weights, rows)
    const parameters = checkParameters(description.parameters)
    const bins = reference && handleOf(reference)
    const dataset = await native(() =>
      boostingAddon().createDataset(matrix, rows, columns, labels, weights, parameterText(parameters), bins),
    )
    return new Dataset(dataset, parameters)
  }

  /**
   * The given rows in this dataset's bins, for a fold: nothing is binned again. The indices, which are
   * copied, ascend; one may appear twice.
   *
   * Throws `boosting.invalid-input`, `boosting.closed`.
   */
  async subset(rowIndices: ArrayLike<number>): Promise<Dataset> {
    const handle = handleOf(this)
    if (rowIndices.length === 0) throw invalid('a subset of no rows was asked')
    const rows = Int32Array.from(rowIndices)
    for (let i = 0; i < rows.length; i++) {
      const row = rowIndices[i] ?? Number.NaN
      if (row !== rows[i] || row < 0 || row >= this.rows) {
        throw invalid(`row ${row} does not exist in a dataset of ${this.rows} rows`)
      }
      if (i > 0 && row < (rows[i - 1] ?? 0)) throw invalid('the row indices do not ascend')
    }
    return new Dataset(await native(() => boostingAddon().subsetDataset(handle, rows)), this.parameters)
  }

  /** Frees the bins, or lets work in progress free them at its end. A second call does nothing. */
  close(): void {
    if (this.#handle) boostingAddon().closeDataset(this.#handle)
    this.#handle = undefined
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** The addon's handle; for engine/boosting alone. Throws `boosting.closed`. */
  static handleOf(dataset: Dataset): Handle {
    if (dataset.#handle) return dataset.#handle
    throw new AppError('boosting.closed', { handle: 'dataset' })
  }
}

const handleOf = (dataset: Dataset) => Dataset.handleOf(dataset)

function finiteNumbers(values: ArrayLike<number>, rows: number, name: string): Float32Array {
  if (values.length !== rows) throw invalid(`${values.length} ${name}s were given for ${rows} rows`)
  const numbers = Float32Array.from(values)
  const wrong = numbers.findIndex((value) => !Number.isFinite(value))
  if (wrong >= 0) throw invalid(`the ${name} of row ${wrong} is ${values[wrong]}`)
  return numbers
}

function checkWeights(values: ArrayLike<number>, rows: number): Float32Array {
  const weights = finiteNumbers(values, rows, 'weight')
  const negative = weights.findIndex((weight) => weight < 0)
  if (negative >= 0) throw invalid(`the weight of row ${negative} is ${values[negative]}`)
  if (!weights.some((weight) => weight > 0)) throw invalid('all weights are 0')
  return weights
}
