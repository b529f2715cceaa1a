import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { throwIfCancelled } from '../../../base/cancellation.ts'
import { AppError } from '../../../contract/errors.ts'
import type { BackendWheel } from './backend-sets.ts'
import { networkReason } from '../network-reason.ts'
import { bindingFile } from './installed-backend.ts'

const settingSchema = z.object({ packageIndex: z.url() })
const pageSchema = z.object({ files: z.array(z.object({ filename: z.string(), url: z.string() })) })

/**
 * The address of the Python package index: the one that pip was set to use where this copy of Lobule was set up.
 * LOBULE_PACKAGE_INDEX names another one, as a mirror inside a hospital's network. null: it is not known.
 */
export function packageIndex(): string | null {
  const named = process.env['LOBULE_PACKAGE_INDEX'] ?? ''
  if (named !== '') return named
  const file = bindingFile('package-index.json')
  return file === null ? null : settingSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).packageIndex
}

/** Bytes. The largest page of a project that Lobule asks for has some 2 MB. */
const largestPage = 2 ** 25

/**
 * Where the index has a wheel: its page as JSON (PEP 691), or as HTML from an index that knows no other (PEP 503). Links count from
 * the address that the page came from in the end.
 * @throws AppError `encoder.download-failed`, `job.cancelled`
 */
export async function addressOfWheel(
  { project, file }: Pick<BackendWheel, 'project' | 'file'>,
  index: string,
  signal: AbortSignal,
): Promise<string> {
  const page = `${index.replace(/\/$/, '')}/${project}/`
  const failed = (reason: string, cause?: unknown): AppError =>
    new AppError('encoder.download-failed', { url: page, reason }, { cause })
  const accept = 'application/vnd.pypi.simple.v1+json, text/html;q=0.1'
  try {
    const response = await fetch(page, { headers: { accept }, signal })
    if (!response.ok) throw failed(`the server answered ${response.status}`)
    const text = await boundedText(response)
    const found = response.headers.get('content-type')?.includes('json')
      ? pageSchema.safeParse(asJson(text)).data?.files.find(({ filename }) => filename === file)?.url
      : [...text.matchAll(/href="([^"]+)"/g)]
          .map(([, link = '']) => link)
          .find((link) => nameOf(link) === file)
    if (found === undefined) throw failed(`it does not have ${file}`)
    return new URL(found, response.url).href
  } catch (error) {
    throwIfCancelled(signal)
    if (error instanceof AppError) throw error
    throw failed(networkReason(error, page), error)
  }
}

async function boundedText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > largestPage) throw new RangeError(`its page is larger than ${largestPage} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The last part of a link; one that cannot be decoded is no wheel of ours, and stays as it is. */
function nameOf(link: string): string {
  const name =
    link
      .replace(/[#?].*$/, '')
      .split('/')
      .at(-1) ?? ''
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
