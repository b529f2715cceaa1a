import { z } from 'zod'
import { AppError, type AnyEvent, type Answer } from '../contract/index.ts'

/**
 * What the page sends, as JSON text. `id` is the page's own and comes back with the answer.
 *
 * Why not birpc, which the compute process uses: it trusts its peer. It looks up any name that the peer sends among its
 * functions, inherited ones included, and applies arguments of any type; a frame that holds `null` is an unhandled
 * rejection. A page may be hostile, so this schema and `dispatch` would stay in front of it, and so would the page's
 * queue before the first connection; birpc would only replace a counter and a map.
 */
const requestFrameSchema = z.strictObject({
  id: z.union([z.int(), z.string().max(64)]),
  name: z.string(),
  input: z.unknown().optional(),
})
export type RequestFrame = z.infer<typeof requestFrameSchema>

/** What the server sends; `id` is null where the request could not be read. */
export type ServerFrame = { id: RequestFrame['id'] | null; answer: Answer } | { event: AnyEvent }

/**
 * Longest frame that the page may send, bytes: room for an import of tens of thousands of paths. A longer
 * one closes the connection with code 1009.
 */
export const maximumFrameBytes = 8 * 1024 * 1024

/** The request that a frame's text holds, or what is wrong with it (`call.invalid-input`). */
export function parseFrame(text: string): RequestFrame | AppError<'call.invalid-input'> {
  try {
    return requestFrameSchema.parse(JSON.parse(text))
  } catch (error) {
    const issues =
      error instanceof z.ZodError
        ? error.issues.map((issue) => `${issue.path.join('.') || 'frame'}: ${issue.message}`)
        : ['not JSON']
    return new AppError('call.invalid-input', { name: 'frame', issues })
  }
}
