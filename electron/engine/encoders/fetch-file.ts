import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { removeFile } from '../../base/patient-files.ts'
import { asNotWritable } from '../../base/path-errors.ts'
import { makePrivateFolder, privateFile } from '../../base/private-files.ts'
import { AppError } from '../../contract/errors.ts'
import { networkReason } from './network-reason.ts'

/** Larger than any known weights. A server that sends more sends something else. */
const largestWeights = 2 ** 30

/** The hash of a whole file, hexadecimal. */
export interface FileHash {
  readonly algorithm: 'md5' | 'sha256'
  readonly hex: string
}

export interface FetchRequest {
  readonly url: string
  /** The destination. A partial file there is resumed. */
  readonly path: string
  readonly hash: FileHash
  /** A server that sends more sends something else. Default: more than any known weights. */
  readonly maxBytes?: number
  readonly signal?: AbortSignal | undefined
  /** Bytes downloaded so far and in total. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/**
 * Downloads a file, resumes an earlier attempt, and checks its hash. A partial file is kept for the next attempt; a
 * complete file with another hash is removed. Until this returns, the file at `path` can be incomplete, so its name
 * should tell that.
 * @throws AppError `encoder.download-failed`, `path.not-writable`, `job.cancelled`
 */
export async function fetchFile(request: FetchRequest): Promise<void> {
  const { url, path, hash, signal } = request
  await makePrivateFolder(dirname(path)).catch((error: unknown) => {
    throw asNotWritable(error, path)
  })
  const before = (await stat(path).catch(() => null))?.size ?? 0
  try {
    await download(request, before)
  } catch (error) {
    if (signal?.aborted === true) throw new AppError('job.cancelled', {}, { cause: error })
    throw error
  }
  const found = await hashOfFile(path, hash.algorithm)
  if (found === hash.hex) return
  await removeFile(path)
  throw failure(
    url,
    `its ${hash.algorithm} is ${found} instead of ${hash.hex}; it was removed and nothing was installed`,
  )
}

async function download(
  { url, path, maxBytes = largestWeights, signal, onProgress }: FetchRequest,
  before: number,
): Promise<void> {
  const response = await fetch(url, {
    headers: before > 0 ? { range: `bytes=${before}-` } : {},
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    throw failure(url, networkReason(error, url), error)
  })
  const { status, body, headers } = response
  // The local file has all bytes, or more. Its hash decides.
  if (status === 416) return body?.cancel()
  if (!response.ok || body === null) throw failure(url, `the server answered ${status}`)
  const isResumed = status === 206 && headers.get('content-range')?.startsWith(`bytes ${before}-`) === true
  if (status === 206 && !isResumed) throw failure(url, 'the server sent a different range than requested')
  let done = isResumed ? before : 0
  const total = done + Number(headers.get('content-length') ?? NaN)
  if (total > maxBytes)
    throw failure(url, `the server offers ${total} bytes, more than the ${maxBytes} that it may have`)
  const file = await open(path, isResumed ? 'a' : 'w', privateFile).catch((error: unknown) => {
    throw asNotWritable(error, path)
  })
  try {
    for await (const chunk of body) {
      const bytes = chunk as Uint8Array
      done += bytes.length
      if (done > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`)
      await file.appendFile(bytes)
      if (total > 0) onProgress?.(done, total)
    }
  } catch (error) {
    throw interrupted(url, done, total, error)
  } finally {
    await file.close()
  }
  if (done < total) throw interrupted(url, done, total)
}

const interrupted = (url: string, done: number, total: number, cause?: unknown): AppError => {
  const of = Number.isFinite(total) ? ` of ${total}` : ''
  const why = cause === undefined ? '' : ` (${networkReason(cause, url)})`
  return failure(url, `it stopped after ${done}${of} bytes${why}; try again to resume it`, cause)
}

const failure = (url: string, reason: string, cause?: unknown): AppError =>
  new AppError('encoder.download-failed', { url, reason }, { cause })

export async function hashOfFile(path: string, algorithm: FileHash['algorithm']): Promise<string> {
  const hash = createHash(algorithm)
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
