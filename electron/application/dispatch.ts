import { randomUUID } from 'node:crypto'
import { log } from '../base/log.ts'
import { reportUnexpected } from '../base/terminal-text.ts'
import { asDiskError } from '../base/path-errors.ts'
import {
  AppError,
  calls,
  faultsOf,
  inPlainWords,
  isCallName,
  toErrorView,
  type Answer,
  type CallName,
  type CallOutput,
  type Handlers,
} from '../contract/index.ts'

/**
 * Checks and answers one call of an entry point; never throws. An unexpected error is logged with its stack, under the
 * reference that the user sees.
 */
export async function dispatch(handlers: Handlers, name: unknown, input: unknown): Promise<Answer> {
  try {
    if (typeof name !== 'string' || !isCallName(name)) {
      throw new AppError('call.unknown', { name: String(name).slice(0, 80) })
    }
    return { ok: true, value: await invoke(handlers, name, input) }
  } catch (thrown) {
    const error = asDiskError(thrown)
    const reference = randomUUID().slice(0, 8)
    if (!(error instanceof AppError)) reportUnexpected(`unexpected error ${reference}`, error, reference)
    const view = toErrorView(error, reference)
    if (typeof name === 'string' && isCallName(name)) {
      const traced = view.code === 'internal.unexpected' ? { reference } : {}
      log({ event: 'call.failed', call: name, code: view.code, ...traced })
    }
    return { ok: false, error: view }
  }
}

async function invoke<N extends CallName>(
  handlers: Handlers,
  name: N,
  input: unknown,
): Promise<CallOutput<N>> {
  const parsed = calls[name].input.safeParse(input, inPlainWords)
  if (!parsed.success)
    throw new AppError('call.invalid-input', { name, issues: faultsOf(parsed.error, 'input') })
  return handlers[name](parsed.data as never)
}
