import { z } from 'zod'
import { errorDetails, type ErrorCode } from './error-details.ts'
import { AppError } from './errors.ts'

export const errorCodeSchema = z.enum(Object.keys(errorDetails) as [ErrorCode, ...ErrorCode[]])

/** An error on its way through an entry point. */
export const errorViewSchema = z.object({
  code: errorCodeSchema,
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
})
export type ErrorView = z.infer<typeof errorViewSchema>

/** The view of any thrown value; what is not an AppError becomes `internal.unexpected`. */
export function toErrorView(error: unknown, reference = 'none'): ErrorView {
  const known: AppError =
    error instanceof AppError
      ? (error as AppError)
      : new AppError('internal.unexpected', {
          reference,
          message: error instanceof Error ? error.message : String(error),
        })
  return { code: known.code, message: known.message, details: known.details }
}

/** The AppError of a view, on the other side of an entry point. */
export function fromErrorView(view: ErrorView): AppError {
  const details = errorDetails[view.code].safeParse(view.details)
  return details.success
    ? new AppError(view.code, details.data)
    : new AppError('internal.unexpected', { reference: 'none', message: view.message })
}
