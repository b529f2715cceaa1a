import { throwIfCancelled } from '../../base/cancellation.ts'
import { AppError } from '../../contract/errors.ts'
import { boostingAddon, type Handle, type Matrix, type Metrics, type NativeBooster } from './addon.ts'
import { Dataset } from './dataset.ts'
import { native } from './failure.ts'
import { checkCount, checkMatrix } from './matrix.ts'
import { checkParameters, labelClasses, parameterText, type Parameters } from './parameters.ts'

export interface RoundReport {
  /** Rounds done, 1..rounds. */
  readonly round: number
  readonly rounds: number
  /** The validation's metrics; none without validation data. */
  readonly validation: Metrics
}

export interface TrainingOptions {
  readonly rounds: number
  /** Binned with `reference`, or a subset of the same dataset as the training data. */
  readonly validation?: Dataset | undefined
  /** Stops the training at the end of its current round. */
  readonly signal?: AbortSignal | undefined
  readonly onRound?: ((report: RoundReport) => void) | undefined
}

/** LightGBM's prediction types (C_API_PREDICT_ in its c_api.h). */
const predictionKinds = { probability: 0, raw: 1, leaf: 2, contribution: 3 } as const
export type PredictionKind = keyof typeof predictionKinds

export interface PredictionOptions {
  readonly rows: number
  readonly kind: PredictionKind
  /** First round that counts, from 0; default 0. */
  readonly startRound?: number | undefined
  /** How many rounds count; default all from `startRound` on. */
  readonly rounds?: number | undefined
}

const importanceKinds = { split: 0, gain: 1 } as const

/** More rounds than any model has a use for; LightGBM has no limit of its own. */
const maximumRounds = 100_000

/**
 * A trained LightGBM model: its trees and nothing else.
 *
 * Freed by `close()`, by `using`, or at last with the garbage; work in progress keeps what it needs.
 */
export class Booster implements Disposable {
  readonly rounds: number
  readonly columns: number
  /** Trees of a round: the classes of a multiclass model, else 1. */
  readonly classes: number
  readonly #native: NativeBooster
  #handle: Handle | undefined

  private constructor(booster: NativeBooster) {
    this.rounds = booster.rounds
    this.columns = booster.columns
    this.classes = booster.treesPerRound
    this.#native = booster
    this.#handle = booster.handle
  }

  /**
   * Trains on one thread of the addon's pool, which has one for each core; further trainings wait their
   * turn. The dataset's parameters count here too unless `parameters` says otherwise. With equal data,
   * parameters and seeds, `num_threads: 1` and `deterministic: true` the trees are those of the official
   * Python package's `lgb.train`. As there, a round that finds no split does not end the training.
   *
   * Throws `boosting.invalid-input`, `boosting.failed`, `boosting.closed`, `job.cancelled` (the signal), and
   * whatever `onRound` throws, which stops the training.
   */
  static async train(dataset: Dataset, parameters: Parameters, options: TrainingOptions): Promise<Booster> {
    const { rounds, validation, signal, onRound } = options
    checkCount(rounds, 'rounds', 1, maximumRounds)
    const trainingHandle = Dataset.handleOf(dataset)
    const validationHandle = validation && Dataset.handleOf(validation)
    const all = new Map([...dataset.parameters, ...checkParameters(parameters)])
    throwIfCancelled(signal)

    const text = parameterText(new Map([...all, ['num_iterations', String(rounds)]]))
    let cancel = () => {}
    let thrown: { error: unknown } | undefined
    const report = (round: number, metrics: Metrics) => {
      if (thrown) return
      try {
        onRound?.({ round, rounds, validation: metrics })
      } catch (error) {
        thrown = { error }
        cancel()
      }
    }
    try {
      return await native(async () => {
        const training = boostingAddon().train(
          trainingHandle,
          text,
          rounds,
          labelClasses(all),
          validationHandle,
          onRound && report,
        )
        cancel = training.cancel
        signal?.addEventListener('abort', cancel, { once: true })
        return new Booster(await training.promise)
      })
    } catch (error) {
      throw thrown ? thrown.error : error
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }

  /**
   * The booster of a model text, as LightGBM 3 or 4 wrote it, from here or from Python. The text may come
   * from anywhere: one that is cut, or not consistent in itself, is refused (native/boosting/model_text.h).
   *
   * Throws `boosting.invalid-input`, `boosting.failed`.
   */
  static async fromModelText(text: string): Promise<Booster> {
    return new Booster(await native(() => boostingAddon().loadBooster(text)))
  }

  /**
   * Predictions, row after row. Numbers of a row, in this order:
   * - probability: one for each class (one in all for two classes or a regression);
   * - raw: the same before softmax, sigmoid or whatever the objective ends with;
   * - leaf: the leaf's index in each tree, round after round, class after class;
   * - contribution: SHAP values, for each class one a column and the expected value last.
   *
   * `matrix`: row-major, rows x columns, NaN where a value is missing. It is read, not copied, and off this
   * thread: it must not be written to, transferred or resized until the promise is settled. Predictions of
   * one booster wait for each other; different boosters predict at once.
   *
   * Throws `boosting.invalid-input`, `boosting.failed`, `boosting.closed`.
   */
  async predict(matrix: Matrix, options: PredictionOptions): Promise<Float64Array<ArrayBuffer>> {
    const handle = this.#open()
    const { rows, kind, startRound = 0 } = options
    checkMatrix(matrix, rows, this.columns)
    checkCount(startRound, 'startRound', 0, this.rounds - 1)
    const rounds = options.rounds ?? this.rounds - startRound
    checkCount(rounds, 'rounds', 1, this.rounds - startRound)
    const widths = {
      probability: this.classes,
      raw: this.classes,
      leaf: this.classes * rounds,
      contribution: this.classes * (this.columns + 1),
    }
    const out = allocate(rows * widths[kind])
    const code = predictionKinds[kind]
    await native(() => boostingAddon().predict(handle, matrix, rows, code, startRound, rounds, out))
    return out
  }

  /** LightGBM's model text; Python's `lgb.Booster(model_str=...)` reads it. Throws `boosting.closed`. */
  async toModelText(): Promise<string> {
    const handle = this.#open()
    return await native(() => boostingAddon().modelText(handle))
  }

  /** For each column, how many splits use it, or how much they gain in all. Throws `boosting.closed`. */
  async featureImportance(kind: keyof typeof importanceKinds): Promise<Float64Array> {
    const handle = this.#open()
    return await native(() => boostingAddon().featureImportance(handle, importanceKinds[kind]))
  }

  /**
   * The metrics after the last round, on the training data and, if there was one, on the validation data.
   * Both are empty for a booster from a model text, which has seen no data. Throws `boosting.closed`.
   */
  evaluate(): { readonly training: Metrics; readonly validation: Metrics } {
    this.#open()
    return { training: { ...this.#native.training }, validation: { ...this.#native.validation } }
  }

  /** Frees the trees, or lets work in progress free them at its end. A second call does nothing. */
  close(): void {
    if (this.#handle) boostingAddon().closeBooster(this.#handle)
    this.#handle = undefined
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #open(): Handle {
    if (this.#handle) return this.#handle
    throw new AppError('boosting.closed', { handle: 'booster' })
  }
}

function allocate(length: number): Float64Array<ArrayBuffer> {
  try {
    return new Float64Array(length)
  } catch (cause) {
    throw new AppError(
      'boosting.failed',
      { reason: `not enough memory for ${length} predictions` },
      { cause },
    )
  }
}
