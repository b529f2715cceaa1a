import { AppError, hasCode } from '../../electron/contract/index.ts'

/** How many labels that were given blind a refused call would have withdrawn; null: it was refused for another reason. */
export const blindLabelsOf = (error: unknown): number | null =>
  hasCode(error, 'label.blind-withdrawal')
    ? (error as AppError<'label.blind-withdrawal'>).details.images
    : null
