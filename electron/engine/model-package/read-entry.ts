import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { crc32, createInflateRaw } from 'node:zlib'
import { asPathError } from '../../base/path-errors.ts'
import type { Refuse } from './refusal.ts'
import type { ZipEntry } from './zip-index.ts'

const chunkBytes = 2 ** 18

/**
 * Unpacks an entry piece by piece, never more than it says it holds, and answers its SHA-256.
 * @param take is waited for before the next piece is unpacked
 */
export async function readEntry(
  path: string,
  entry: ZipEntry,
  refuse: Refuse,
  take: (chunk: Buffer) => Promise<void> | void,
): Promise<string> {
  const { name, bytes, isDeflated, offset, packedBytes } = entry
  if (packedBytes === 0) refuse(name, 'it is empty')
  const packed = createReadStream(path, {
    start: offset,
    end: offset + packedBytes - 1,
    highWaterMark: chunkBytes,
  })
  const hash = createHash('sha256')
  let count = 0
  let check = 0
  // Kept, since a pipeline that is left says only that it was.
  let failure: unknown
  const consume = async (unpacked: AsyncIterable<Buffer>): Promise<void> => {
    try {
      for await (const chunk of unpacked) {
        count += chunk.length
        if (count > bytes) refuse(name, `it holds more than the ${bytes} bytes that it says`)
        hash.update(chunk)
        check = crc32(chunk, check)
        await take(chunk)
      }
    } catch (error) {
      failure ??= error
      throw error
    }
  }
  const unpack = isDeflated ? createInflateRaw({ chunkSize: chunkBytes }) : null
  try {
    await (unpack === null ? pipeline(packed, consume) : pipeline(packed, unpack, consume))
  } catch (error) {
    const cause = failure ?? error
    if (cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_')) {
      refuse(name, 'its packed data are damaged')
    }
    throw asPathError(cause, path)
  }
  if (unpack !== null && unpack.bytesWritten !== packedBytes)
    refuse(name, 'something lies behind its packed data')
  if (count !== bytes) refuse(name, `it holds ${count} bytes and says ${bytes}`)
  if (check !== entry.crc32) refuse(name, 'its checksum is wrong')
  return hash.digest('hex')
}

/** A whole entry in memory. */
export async function readWhole(path: string, entry: ZipEntry, refuse: Refuse, limitBytes: number) {
  if (entry.bytes > limitBytes) {
    refuse(entry.name, `it has ${entry.bytes} bytes; at most ${limitBytes} are read`)
  }
  const chunks: Buffer[] = []
  const sha256 = await readEntry(path, entry, refuse, (chunk) => void chunks.push(chunk))
  return { sha256, content: Buffer.concat(chunks) }
}
