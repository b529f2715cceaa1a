import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError } from '../contract/index.ts'
import type { Application } from '../application/application.ts'
import { contentSecurityPolicy, readPageFile, securityHeaders } from '../application/page-files.ts'
import { Access, isOwnHost, isOwnOrigin } from './access.ts'
import { isDrop, refusalOf, takeDropped } from './dropped.ts'
import { Sockets, socketPath } from './sockets.ts'

/** Only programs on this machine can connect. */
const host = '127.0.0.1'

/** Prefix of image addresses; the application gets the same one (`DoorOptions.tiles`). */
export const picturePrefix = '/slide'

export interface ServerOptions {
  application: Application
  /** The built page. */
  rendererDirectory: string
  /** 0: any free port. */
  port: number
}

export interface RunningServer {
  /** The address to open, with a token that works once. */
  readonly url: string
  readonly port: number
  /** Stops listening and drops all connections; the application stays open. */
  close(): Promise<void>
}

/**
 * The entry point for browsers on 127.0.0.1: the page, its images and its calls, only for the browser that opened `url`
 * first. The failure of a handler becomes an answer and never stops the server. Throws the error of `listen`
 * (EADDRINUSE) if the port is in use.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  // Sending a slide of many gigabytes may take longer than any limit, and only a page with access can send.
  const http = createServer({ requestTimeout: 0 })
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(options.port, host, resolve)
  })
  const { port } = http.address() as AddressInfo
  const access = new Access(port)

  http.on('request', (request, response) => {
    answer(request, response, { ...options, port, access }).catch((error: unknown) => {
      console.error('unexpected error in the server', error)
      response.destroy()
    })
  })
  http.on('clientError', (_error, socket) => socket.destroy())
  const sockets = new Sockets(http, options.application, (request) => {
    const own = request.headers.host
    return (
      isOwnHost(own, port) &&
      isOwnOrigin(request.headers.origin, own) &&
      access.hasAccess(request.headers.cookie) &&
      request.url === socketPath
    )
  })

  return {
    url: `http://${host}:${port}/?token=${access.token}`,
    port,
    close: () =>
      new Promise((resolve) => {
        sockets.close()
        http.close(() => resolve())
        http.closeIdleConnections()
        setTimeout(() => http.closeAllConnections(), 500).unref()
      }),
  }
}

interface Door extends ServerOptions {
  port: number
  access: Access
}

interface Reply {
  status: number
  type: string
  body: string | Uint8Array
  headers?: Record<string, string>
}

async function answer(request: IncomingMessage, response: ServerResponse, door: Door): Promise<void> {
  const reply = await replyTo(request, door)
  response.writeHead(reply.status, {
    ...securityHeaders,
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': contentSecurityPolicy({
      pictures: '',
      connect: `ws://${request.headers.host ?? ''}`,
    }),
    'Content-Type': reply.type,
    'Content-Length': Buffer.byteLength(reply.body),
    ...reply.headers,
  })
  response.end(reply.body)
}

async function replyTo(request: IncomingMessage, door: Door): Promise<Reply> {
  if (!isOwnHost(request.headers.host, door.port)) return sentence(403, 'This is not the address of Lobule.')
  if (isDrop(request)) return replyToDrop(request, request.headers.host, door)
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return sentence(405, 'Only GET and HEAD requests are accepted here.')
  }
  const [path = '', query = ''] = (request.url ?? '').split('?')
  const token = path === '/' ? new URLSearchParams(query).get('token') : null
  // A HEAD request comes from a program that checks the address, not from a person who opens it.
  if (token !== null) return exchange(request.method === 'GET' ? door.access.exchange(token) : null)
  if (!door.access.hasAccess(request.headers.cookie)) {
    return sentence(403, new AppError('call.unauthorised', {}).message)
  }
  if (path.startsWith(`${picturePrefix}/`)) {
    return readPicture(door.application, path.slice(picturePrefix.length))
  }
  const file = await readPageFile(door.rendererDirectory, path)
  return file === null
    ? sentence(404, 'This page does not exist.')
    : { status: 200, type: file.type, body: file.bytes }
}

const exchange = (cookie: string | null): Reply =>
  cookie === null
    ? sentence(
        403,
        'This address is wrong or was used before: it works only once. If Lobule is open in another tab, continue there. Otherwise, start Lobule again and open the new address.',
      )
    : { ...sentence(303, 'Welcome.'), headers: { Location: '/', 'Set-Cookie': cookie } }

/** Only our own page may send files. The cookie alone is not enough: a browser may send it for other sites, too. */
async function replyToDrop(request: IncomingMessage, own: string, door: Door): Promise<Reply> {
  const { origin, cookie } = request.headers
  const refusal =
    isOwnOrigin(origin, own) && door.access.hasAccess(cookie)
      ? refusalOf(request)
      : { status: 403, text: new AppError('call.unauthorised', {}).message }
  if (refusal !== null) {
    request.resume()
    return sentence(refusal.status, refusal.text)
  }
  const answer = await takeDropped(door.application, request)
  return {
    status: answer.ok ? 200 : 400,
    type: 'application/json; charset=utf-8',
    body: JSON.stringify(answer),
  }
}

async function readPicture(application: Application, path: string): Promise<Reply> {
  try {
    const { bytes, type } = await application.readPicture(path)
    return { status: 200, type, body: bytes }
  } catch (error) {
    if (error instanceof AppError) return sentence(404, 'This image does not exist.')
    console.error('unexpected error while reading an image', error)
    return sentence(500, 'The image could not be read.')
  }
}

const sentence = (status: number, text: string): Reply => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${text}\n`,
})
