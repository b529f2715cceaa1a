import {
  AppError,
  calls,
  isCallName,
  isSameReader,
  type AnyEvent,
  type EventName,
  type Handlers,
} from '../contract/index.ts'
import type { ServiceContext } from '../session/context.ts'
import { eachHandler } from './each-handler.ts'

/** Events that a page gets while it is locked or no one is signed in; they name no image and no job. */
const openEvents: readonly EventName[] = ['user.changed', 'workspace.changed', 'compute.crashed']

/**
 * What a user may do in a workspace with users, for every entry point: window, browser and command line. The record of
 * each call (contract/call.ts) names the lowest role that may make it; a call without a record is refused to everyone. A
 * user acts under their own name alone. A workspace without users refuses nothing.
 */
export class Access {
  readonly #context: ServiceContext

  constructor(context: ServiceContext) {
    this.#context = context
  }

  /** The same calls, refused where the role of the signed-in user is not enough. */
  handlers(handlers: Handlers): Handlers {
    return eachHandler(handlers, (handler, input, name) => {
      this.#require(name, input)
      return handler(input)
    })
  }

  /** null: nothing for a page where no one is signed in. */
  event(event: AnyEvent): AnyEvent | null {
    const { signedIn } = this.#context
    const isAllowed =
      openEvents.includes(event.name) || signedIn.users().length === 0 || signedIn.userAtWork() !== null
    return isAllowed ? event : null
  }

  /** @throws AppError `call.unknown`, `user.signed-out`, `user.not-allowed`, `user.other-reader` */
  #require(name: string, input: unknown): void {
    if (!isCallName(name)) throw new AppError('call.unknown', { name })
    const { role, audit } = calls[name]
    const { signedIn } = this.#context
    const user = signedIn.require(role)
    if (user === null) return
    const { reader } = (input ?? {}) as { reader?: unknown }
    const other = name === 'reader.set' ? (input as { name: string }).name : reader
    if (typeof other === 'string' && !isSameReader(other, user.name))
      throw new AppError('user.other-reader', { name: user.name, other })
    // A page asks by itself; only what a person does counts as use.
    if (audit !== 'reads') signedIn.use()
  }
}
