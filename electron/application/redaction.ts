import {
  AppError,
  calls,
  isCallName,
  isSameReader,
  parseTilePath,
  type AnyEvent,
  type BlindedAnswer,
  type CallName,
  type Handlers,
  type TileRequest,
} from '../contract/index.ts'
import { hiddenFromBlinded, isBlinded } from '../features/labels/blinded-reading.ts'
import { countChanges, type Readable } from '../store/index.ts'
import type { ServiceContext } from '../session/context.ts'
import { BlindedView } from './blinded-view.ts'
import { eachHandler, type AnyHandler } from './each-handler.ts'
import { redactError, type Asked } from './redact-errors.ts'
import { redactEvent } from './redact-events.ts'
import { imageIdsIn, textsIn, withAliases, withImages } from './redact-values.ts'
import { redactions } from './redactions.ts'

/** Pictures that show only the tissue, without predictions. */
const openPictures: readonly TileRequest['kind'][] = ['tile', 'normalized-tile', 'thumbnail']

type AnyRedaction = (output: unknown, view: BlindedView) => unknown

/**
 * Keeps from a blinded reader what could lead them, until they have decided on an image: labels and comments of
 * others, predictions, file names (folders and names often contain the class) and pictures that show a model's
 * prediction. It is removed from every answer, event, error and picture, so that the page never holds it.
 *
 * Three things decide what passes, and nothing passes without all of them: the record of the call (contract/call.ts), of
 * the event (redact-events.ts) or of the error (redact-errors.ts); where the record says so, the function that takes
 * out what is hidden; and the same last step for all, which replaces ids and names of images (redact-values.ts). A
 * call without a record is refused (`reading.blind`), and so is every call for another reader
 * (`reading.other-reader`). The command line is not affected.
 */
export class Redaction {
  readonly #context: ServiceContext
  #last: { view: BlindedView; changes: number } | null = null

  constructor(context: ServiceContext) {
    this.#context = context
  }

  /** The same calls, with redacted answers while the reader is blinded. */
  handlers(handlers: Handlers): Handlers {
    if (this.#context.door.isCommandLine === true) return handlers
    return eachHandler(handlers, (handler, input, name) => this.#answer(name, handler, input))
  }

  event(event: AnyEvent): AnyEvent {
    const view = this.#view()
    return view === null ? event : (withAliases(redactEvent(event, view), view) as AnyEvent)
  }

  /**
   * The path of a picture with the image's own id.
   * @throws AppError `reading.blind` for a picture that shows a prediction of a hidden image, `image.not-found`
   */
  picturePath(path: string): string {
    const request = parseTilePath(path)
    const view = this.#view()
    if (view === null || request === null) return path
    const { imageId } = withImages({ imageId: request.imageId }, view) as { imageId: number }
    if (!openPictures.includes(request.kind) && view.isHidden(imageId)) this.#refuse(view, request.kind)
    return path.replace(/^\/\d+/, `/${imageId}`)
  }

  async #answer(name: string, handler: AnyHandler, sent: unknown): Promise<unknown> {
    const before = this.#view()
    if (before !== null) this.#requireAllowed(name, sent, before)
    // An unknown id is reported as it was sent.
    const input = before === null ? sent : withImages(sent, before)
    const asked: Asked = { typed: textsIn(sent), imageIds: imageIdsIn(input) }
    try {
      if (before !== null) this.#requireOwnImage(name, input, before)
      before?.prepare()
      const output = await handler(input)
      // Again after the call: in the meantime the reader may have labelled the image, or another reader may have taken over.
      const view = this.#view()
      if (view === null) return output
      this.#requireAllowed(name, sent, view)
      this.#requireOwnImage(name, input, view)
      return withAliases(redacted(name, output, view), view, asked.typed)
    } catch (error) {
      const view = this.#view() ?? before
      throw view === null ? error : redactError(error, asked, view)
    }
  }

  /** @throws AppError `reading.blind`, `reading.other-reader` */
  #requireAllowed(name: string, input: unknown, view: BlindedView): void {
    if (recordOf(name) === 'refused') this.#refuse(view, name)
    const { reader } = (input ?? {}) as { reader?: unknown }
    if (typeof reader === 'string' && !isSameReader(reader, view.reader))
      throw new AppError('reading.other-reader', { reader: view.reader, other: reader })
  }

  /** @throws AppError `reading.blind` */
  #requireOwnImage(name: string, input: unknown, view: BlindedView): void {
    const { imageId } = (input ?? {}) as { imageId?: unknown }
    if (recordOf(name) !== 'own-image') return
    if (typeof imageId !== 'number' || view.isHidden(imageId)) this.#refuse(view, name)
  }

  /** null: nothing is hidden from the reader. */
  #view(): BlindedView | null {
    const { settings, session, door } = this.#context
    const { reader } = settings.content
    if (door.isCommandLine === true || !session.isOpen || !isBlinded(settings, reader)) return null
    const { database } = session.workspace
    const changes = countChanges(database)
    const last = this.#last
    if (last !== null && last.changes === changes && isOf(last.view, database, reader)) return last.view
    const view = new BlindedView(database, reader, hiddenFromBlinded(database, reader))
    this.#last = { view, changes }
    return view
  }

  #refuse({ reader }: BlindedView, asked: string): never {
    throw new AppError('reading.blind', { reader, asked })
  }
}

const recordOf = (name: string): BlindedAnswer => (isCallName(name) ? calls[name].blinded : 'refused')

const isOf = (view: BlindedView, database: Readable, reader: string): boolean =>
  view.database === database && view.reader === reader

function redacted(name: string, output: unknown, view: BlindedView): unknown {
  const redact = (redactions as Partial<Record<CallName, unknown>>)[name as CallName]
  return redact === undefined ? output : (redact as AnyRedaction)(output, view)
}
