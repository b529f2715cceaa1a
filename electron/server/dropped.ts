import type { IncomingMessage } from 'node:http'
import { reportUnexpected } from '../base/terminal-text.ts'
import { AppError, dropPrefix, parseDropAddress, toErrorView, type Answer } from '../contract/index.ts'
import type { Application } from '../application/application.ts'

/** Whether a request sends a dropped file. */
export const isDrop = ({ method, url }: IncomingMessage): boolean =>
  method === 'POST' && url?.startsWith(`${dropPrefix}/`) === true

/** Why the headers of a request that sends a file are refused, or null. */
export function refusalOf(request: IncomingMessage): { status: number; text: string } | null {
  const { headers } = request
  // A form of another site cannot send this type, so a browser would send a preflight request, which is refused (405).
  if (headers['content-type'] !== 'application/octet-stream')
    return { status: 415, text: 'A file is sent as application/octet-stream.' }
  if (!/^\d{1,15}$/.test(headers['content-length'] ?? ''))
    return { status: 411, text: 'The header Content-Length is missing.' }
  return null
}

/** Receives the file that a request sends; the answer is `{ path }`, as for a call. Reads the body to its end. */
export async function takeDropped(application: Application, request: IncomingMessage): Promise<Answer> {
  const named = parseDropAddress((request.url ?? '').slice(dropPrefix.length))
  try {
    if (named === null) throw new AppError('drop.refused', { reason: 'its address is wrong' })
    const bytes = Number(request.headers['content-length'])
    return { ok: true, value: { path: await application.receiveFile({ ...named, bytes, body: request }) } }
  } catch (error) {
    const view = toErrorView(error)
    if (view.code === 'internal.unexpected')
      reportUnexpected('unexpected error while taking a dropped file', error)
    return { ok: false, error: view }
  } finally {
    // The answer would be lost while the page is still sending.
    request.resume()
  }
}
