import {
  AppError,
  calls,
  isCallName,
  parseTilePath,
  type AnyEvent,
  type BlindedAnswer,
  type CallName,
  type Handlers,
  type TileRequest,
} from '../contract/index.ts'
import { hiddenFromBlinded, isBlinded } from '../features/labels/blinded-reading.ts'
import type { ServiceContext } from '../session/context.ts'
import { redactions, redactJob, type BlindedView } from './redactions.ts'

/** Pictures that show only the tissue, without predictions. */
const openPictures: readonly TileRequest['kind'][] = ['tile', 'normalized-tile', 'thumbnail']

type AnyHandler = (input: unknown) => unknown
type AnyRedaction = (output: unknown, view: BlindedView) => unknown

/**
 * Keeps from a blinded reader what could lead them, until they have decided on an image: labels and comments of
 * others, predictions, file names (folders and names often contain the class) and pictures that show a model's
 * prediction. It is removed from every answer, event and picture, so that the page never holds it. What each call may
 * answer is part of its record (contract/call.ts); a call without a record is refused (`reading.blind`). The
 * command line is not affected.
 */
export class Redaction {
  readonly #context: ServiceContext

  constructor(context: ServiceContext) {
    this.#context = context
  }

  /** The same calls, with redacted answers while the reader is blinded. */
  handlers(handlers: Handlers): Handlers {
    if (this.#context.door.isCommandLine === true) return handlers
    const guarded = Object.entries(handlers).map(([name, handler]) => [
      name,
      (input: unknown) => this.#answer(name, handler as AnyHandler, input),
    ])
    return Object.fromEntries(guarded) as Handlers
  }

  event(event: AnyEvent): AnyEvent {
    if (event.name !== 'job.changed') return event
    const view = this.#view()
    return view === null ? event : { ...event, payload: redactJob(event.payload, view) }
  }

  /** @throws AppError `reading.blind` for a picture that shows a prediction of a hidden image */
  requirePicture(path: string): void {
    const request = parseTilePath(path)
    if (request === null || openPictures.includes(request.kind)) return
    if (this.#view()?.isHidden(request.imageId) === true) this.#refuse(request.kind)
  }

  async #answer(name: string, handler: AnyHandler, input: unknown): Promise<unknown> {
    const view = this.#view()
    if (view === null) return handler(input)
    const blinded: BlindedAnswer = isCallName(name) ? calls[name].blinded : 'refused'
    switch (blinded) {
      case 'open':
        return handler(input)
      case 'own-image':
        return isOfHiddenImage(input, view) ? this.#refuse(name) : handler(input)
      case 'redacted':
        return this.#redacted(name as CallName, await handler(input))
      case 'refused':
        return this.#refuse(name)
    }
  }

  #redacted(name: CallName, output: unknown): unknown {
    // Again after the call: in the meantime the reader may have labelled the image, or another reader may have taken over.
    const view = this.#view()
    if (view === null) return output
    const redact = (redactions as Partial<Record<CallName, unknown>>)[name] as AnyRedaction
    return redact(output, view)
  }

  /** null: nothing is hidden from the reader. */
  #view(): BlindedView | null {
    const { settings, session, door } = this.#context
    const { reader } = settings.content
    if (door.isCommandLine === true || !session.isOpen || !isBlinded(settings, reader)) return null
    const { database } = session.workspace
    return { isHidden: hiddenFromBlinded(database, reader), database }
  }

  #refuse(asked: string): never {
    throw new AppError('reading.blind', { reader: this.#context.settings.content.reader, asked })
  }
}

function isOfHiddenImage(input: unknown, { isHidden }: BlindedView): boolean {
  const { imageId } = input as { imageId?: unknown }
  return typeof imageId !== 'number' || isHidden(imageId)
}
