import { AppError } from '../../contract/errors.ts'

export const invalid = (reason: string) => new AppError('boosting.invalid-input', { reason })

/** Awaits what the addon was asked; its errors become AppErrors with LightGBM's own message. */
export async function native<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    throw asAppError(cause)
  }
}

function asAppError(cause: unknown): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause
  const reason = cause.message.trim().replace(/\.$/, '')
  // native/jobs: a failure of no part in particular, such as a lack of memory.
  if (cause.code === 'boosting.failed' || cause.code === 'native.failed') {
    return new AppError('boosting.failed', { reason }, { cause })
  }
  if (cause.code === 'boosting.invalid-input') return new AppError(cause.code, { reason }, { cause })
  if (cause.code === 'job.cancelled') return new AppError(cause.code, {}, { cause })
  return cause
}
