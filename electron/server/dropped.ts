import type { IncomingMessage } from 'node:http'
import { AppError, dropPrefix, parseDropAddress, toErrorView, type Answer } from '../contract/index.ts'
import type { Application } from '../application/application.ts'

/** Whether a request sends a dropped file. */
export const isDrop = ({ method, url }: IncomingMessage): boolean =>
  method === 'POST' && url?.startsWith(`${dropPrefix}/`) === true

/** What is wrong with the form of a request that sends a file, or null. */
export function refusalOf(request: IncomingMessage): { status: number; text: string } | null {
  const { headers } = request
  // No form of another site can send this kind, so that a browser would ask first, and is refused (405).
  if (headers['content-type'] !== 'application/octet-stream')
    return { status: 415, text: 'A file is sent as application/octet-stream.' }
  if (!/^\d{1,15}$/.test(headers['content-length'] ?? ''))
    return { status: 411, text: 'The length of the file must be said.' }
  return null
}

/** Takes the file that a request sends; its answer is `{ path }`, as of a call. Reads the body to its end. */
export async function takeDropped(application: Application, request: IncomingMessage): Promise<Answer> {
  const named = parseDropAddress((request.url ?? '').slice(dropPrefix.length))
  try {
    if (named === null) throw new AppError('drop.refused', { reason: 'its address is wrong' })
    const bytes = Number(request.headers['content-length'])
    return { ok: true, value: { path: await application.receiveFile({ ...named, bytes, body: request }) } }
  } catch (error) {
    const view = toErrorView(error)
    if (view.code === 'internal.unexpected')
      console.error('unexpected error while taking a dropped file', error)
    return { ok: false, error: view }
  } finally {
    // An answer to a page that is still sending would be lost.
    request.resume()
  }
}
