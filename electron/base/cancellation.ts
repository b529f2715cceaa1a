import { AppError } from '../contract/errors.ts'

/**
 * Stops work whose signal was aborted; without a signal it does nothing.
 * @throws AppError `job.cancelled`
 */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new AppError('job.cancelled', {}, { cause: signal.reason })
}
