import { readFile } from 'node:fs/promises'
import { sha256 } from '../../base/sha256.ts'
import { AppError, hasCode } from '../../contract/index.ts'
import { Booster } from '../boosting/index.ts'
import { LogisticRegression } from './logistic-regression.ts'
import { isLogisticText, readLogisticText } from './logistic-text.ts'

/** A trained classifier in memory, of either kind. */
export interface Classifier {
  readonly classes: number
  /** Numbers of a descriptor. */
  readonly columns: number
  /**
   * Class probabilities, row after row: rows x classes.
   * @param values rows x columns; they are read, not copied, until the promise is settled
   */
  predict(values: Float32Array, rows: number): Promise<Float64Array>
  close(): void
}

/**
 * Loads a classifier from its text file.
 * @throws AppError `model.corrupt`, `boosting.addon-missing`
 */
export async function openClassifier(path: string, textSha256: string): Promise<Classifier> {
  const corrupt = (reason: string, cause?: unknown): AppError =>
    new AppError('model.corrupt', { model: path, reason }, { cause })
  const bytes = await readFile(path).catch((error: unknown) => {
    throw corrupt('the classifier cannot be read', error)
  })
  if (sha256(bytes) !== textSha256) throw corrupt('its text has changed')
  const text = bytes.toString('utf8')
  if (isLogisticText(text)) {
    const model = readLogisticText(text)
    if (typeof model === 'string') throw corrupt(model)
    const regression = new LogisticRegression(model)
    return {
      classes: model.classCount,
      columns: model.columns,
      predict: (values, rows) => {
        const isRight = values.length === rows * model.columns
        if (!isRight) return Promise.reject(corrupt(`it needs descriptors of ${model.columns} numbers`))
        return Promise.resolve(regression.predict(values, rows))
      },
      close: () => undefined,
    }
  }
  try {
    const booster = await Booster.fromModelText(text)
    return {
      classes: booster.classes,
      columns: booster.columns,
      predict: (values, rows) => booster.predict(values, { rows, kind: 'probability' }),
      close: () => booster.close(),
    }
  } catch (error) {
    throw hasCode(error, 'boosting.addon-missing') ? error : corrupt('LightGBM cannot load it', error)
  }
}
