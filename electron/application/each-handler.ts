import type { Handlers } from '../contract/index.ts'

export type AnyHandler = (input: unknown) => unknown

/** The same calls, each answered by `answer`, which gets the call's own handler. */
export function eachHandler(
  handlers: Handlers,
  answer: (handler: AnyHandler, input: unknown, name: string) => unknown,
): Handlers {
  const answered = Object.entries(handlers).map(([name, handler]) => [
    name,
    (input: unknown) => answer(handler as AnyHandler, input, name),
  ])
  return Object.fromEntries(answered) as Handlers
}
