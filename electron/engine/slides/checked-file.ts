import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { parseJson } from '../../base/parse-json.ts'

/** The arrays of a file, by name. */
export type Arrays = Readonly<Record<string, Float32Array | Int32Array>>

const headSchema = z.object({
  /** The kind of content, and its version. */
  kind: z.string(),
  content: z.unknown(),
  arrays: z.array(
    z.object({ name: z.string(), type: z.enum(['float32', 'int32']), length: z.int().nonnegative() }),
  ),
})
type Head = z.infer<typeof headSchema>

const magic = Buffer.from('LOBULE-1')
const hashBytes = 32

const hashOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/**
 * A file of numbers that knows whether it is whole: 8 bytes "LOBULE-1", the length of the header (4 bytes, little endian), the
 * header (JSON, spaces up to a multiple of 4), the arrays one after the other (little endian), and the SHA-256 of all that. The
 * same content gives the same bytes.
 */
export function encodeChecked(kind: string, content: unknown, arrays: Arrays): Uint8Array {
  const parts = Object.entries(arrays)
  const head: Head = {
    kind,
    content,
    arrays: parts.map(([name, array]) => ({
      name,
      type: array instanceof Float32Array ? 'float32' : 'int32',
      length: array.length,
    })),
  }
  const text = Buffer.from(JSON.stringify(head))
  const header = Buffer.alloc(Math.ceil(text.length / 4) * 4, ' ')
  text.copy(header)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  const body = Buffer.concat([
    magic,
    length,
    header,
    ...parts.map(([, { buffer, byteOffset, byteLength }]) => Buffer.from(buffer, byteOffset, byteLength)),
  ])
  return Buffer.concat([body, hashOf(body)])
}

/**
 * The content of such a file, with arrays of its own.
 * @throws RangeError with what is wrong: another kind, a part is missing or damaged
 */
export function decodeChecked(kind: string, bytes: Uint8Array): { content: unknown; arrays: Arrays } {
  const refuse = (reason: string): never => {
    throw new RangeError(reason)
  }
  const body = bytes.subarray(0, Math.max(0, bytes.length - hashBytes))
  if (body.length < magic.length + 4) refuse('it is cut off')
  if (!magic.equals(body.subarray(0, magic.length))) refuse('it is not such a file')
  if (!hashOf(body).equals(bytes.subarray(body.length))) refuse('its content does not match its checksum')
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  let from = magic.length + 4
  const header = body.subarray(from, (from += view.getUint32(magic.length, true)))
  if (!isUtf8(header)) refuse('its header is not text')
  const parsed = headSchema.safeParse(
    parseJson(Buffer.from(header).toString(), () => refuse('its header is not JSON')),
  )
  const head = parsed.success ? parsed.data : refuse('its header describes no arrays')
  if (head.kind !== kind) refuse(`it is of the kind "${head.kind}", not "${kind}"`)
  const arrays: Record<string, Float32Array | Int32Array> = {}
  for (const { name, type, length } of head.arrays) {
    // A copy, since arrays begin at a multiple of 4.
    const own = new Uint8Array(body.subarray(from, (from += 4 * length))).buffer
    arrays[name] = type === 'float32' ? new Float32Array(own) : new Int32Array(own)
  }
  if (from !== body.length) refuse('its arrays do not fill it')
  return { content: head.content, arrays }
}
