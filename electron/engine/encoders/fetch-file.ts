import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { asNotWritable } from '../../base/path-errors.ts'
import { AppError } from '../../contract/errors.ts'

/** More than any weights that are known; a server that sends more sends something else. */
const maxBytes = 2 ** 30

export interface FetchRequest {
  readonly url: string
  /** Where it goes, also what is there of it so far: a file that was begun is gone on with. */
  readonly path: string
  /** Of the whole file. */
  readonly md5: string
  readonly signal?: AbortSignal | undefined
  /** Bytes there, and all of them. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/**
 * Downloads a file, going on where an earlier attempt stopped, and checks its md5. What is cut off is kept for
 * the next attempt; what is complete and wrong is removed. At `path` the file may be incomplete until this
 * returns: name it so.
 * encoder.download-failed, path.not-writable, job.cancelled.
 */
export async function fetchFile(request: FetchRequest): Promise<void> {
  const { url, path, md5, signal } = request
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw asNotWritable(error, path)
  })
  const before = (await stat(path).catch(() => null))?.size ?? 0
  try {
    await download(request, before)
  } catch (error) {
    if (signal?.aborted === true) throw new AppError('job.cancelled', {}, { cause: error })
    throw error
  }
  const found = await md5Of(path)
  if (found === md5) return
  await rm(path, { force: true })
  throw failure(url, `its md5 is ${found} instead of ${md5}; it was removed and nothing was installed`)
}

async function download({ url, path, signal, onProgress }: FetchRequest, before: number): Promise<void> {
  const response = await fetch(url, {
    headers: before > 0 ? { range: `bytes=${before}-` } : {},
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    throw failure(url, reasonOf(error), error)
  })
  const { status, body, headers } = response
  // What is there has all its bytes, or more: its md5 tells.
  if (status === 416) return body?.cancel()
  if (!response.ok || body === null) throw failure(url, `the server answered ${status}`)
  const goesOn = status === 206 && headers.get('content-range')?.startsWith(`bytes ${before}-`) === true
  if (status === 206 && !goesOn) throw failure(url, 'the server sent another part than was asked for')
  let done = goesOn ? before : 0
  const total = done + Number(headers.get('content-length') ?? NaN)
  if (total > maxBytes) throw failure(url, `the server offers ${total} bytes; that is no weight file`)
  const file = await open(path, goesOn ? 'a' : 'w').catch((error: unknown) => {
    throw asNotWritable(error, path)
  })
  try {
    for await (const chunk of body) {
      const bytes = chunk as Uint8Array
      done += bytes.length
      if (done > maxBytes) throw new Error('it does not end')
      await file.appendFile(bytes)
      if (total > 0) onProgress?.(done, total)
    }
  } catch (error) {
    throw cutOff(url, done, total, error)
  } finally {
    await file.close()
  }
  if (done < total) throw cutOff(url, done, total)
}

const cutOff = (url: string, done: number, total: number, cause?: unknown): AppError => {
  const of = Number.isFinite(total) ? ` of ${total}` : ''
  const why = cause === undefined ? '' : ` (${reasonOf(cause)})`
  return failure(url, `it stopped after ${done}${of} bytes${why}; asked again, it goes on from there`, cause)
}

const failure = (url: string, reason: string, cause?: unknown): AppError =>
  new AppError('encoder.download-failed', { url, reason }, { cause })

/** `fetch` itself says only "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
