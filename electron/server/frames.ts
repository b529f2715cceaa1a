import { z } from 'zod'
import { slicesOf } from '../base/slices.ts'
import { AppError, faultsOf, inPlainWords, type AnyEvent, type Answer } from '../contract/index.ts'

/**
 * What the page sends, as JSON text. `id` is chosen by the page and returned with the answer.
 *
 * Why not birpc, which the compute process uses: it trusts its peer. It calls any of its functions that the peer names,
 * inherited ones included, with arguments of any type; a frame that holds `null` is an unhandled
 * rejection. A page may be hostile, so this schema and `dispatch` would stay in front of it, and so would the page's
 * queue before the first connection; birpc would only replace a counter and a map.
 */
const requestFrameSchema = z.strictObject({
  id: z.union([z.int(), z.string().max(64)]),
  name: z.string(),
  input: z.unknown().optional(),
})
export type RequestFrame = z.infer<typeof requestFrameSchema>

/** What the server sends; `id` is null if the request could not be read. */
export type ServerFrame = { id: RequestFrame['id'] | null; answer: Answer } | { event: AnyEvent }

/**
 * The texts that are sent for a frame. A long list, ten thousand images are 14 MiB, goes out as frames `{ id, items }`
 * with its beginning and then the answer with the rest, so that neither side stands still.
 */
export function* frameTexts(frame: ServerFrame): Generator<string> {
  if (!('answer' in frame) || !frame.answer.ok || !Array.isArray(frame.answer.value)) {
    yield JSON.stringify(frame)
    return
  }
  const { id, answer } = frame
  const slices = [...slicesOf(answer.value as unknown[])]
  const rest = slices.pop() ?? []
  for (const items of slices) yield JSON.stringify({ id, items })
  yield JSON.stringify({ id, answer: { ...answer, value: rest } })
}

/**
 * Maximum length of a frame from the page, bytes: enough for an import of tens of thousands of paths. A longer frame
 * closes the connection with code 1009.
 */
export const maxFrameBytes = 8 * 1024 * 1024

/** The request in a frame, or the reason why it is invalid (`call.invalid-input`). */
export function parseFrame(text: string): RequestFrame | AppError<'call.invalid-input'> {
  try {
    return requestFrameSchema.parse(JSON.parse(text), inPlainWords)
  } catch (error) {
    const issues = error instanceof z.ZodError ? faultsOf(error, 'frame') : ['not JSON']
    return new AppError('call.invalid-input', { name: 'frame', issues })
  }
}
