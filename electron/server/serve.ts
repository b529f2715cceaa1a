import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { reportUnexpected } from '../base/terminal-text.ts'
import { AppError, accessPath, keyFragment, keyHeader, keyInProtocols } from '../contract/index.ts'
import type { Application } from '../application/application.ts'
import { contentSecurityPolicy, readPageFile, securityHeaders } from '../application/page-files.ts'
import { Access, isEqual, isOwnHost, isOwnOrigin, newSecret, type Admission } from './access.ts'
import { isDrop, refusalOf, takeDropped } from './dropped.ts'
import { refusalPage, type RefusalPage } from './refusal-page.ts'
import { Sockets, socketPath } from './sockets.ts'
import { Strangers } from './strangers.ts'

/** Only programs on this machine can connect. */
const host = '127.0.0.1'

/**
 * A prefix of image addresses that cannot be guessed: an image element cannot send a header, and the cookie alone does
 * not show images. The application gets the same one (`DoorOptions.tiles`) and tells it to the page.
 */
export const newPicturePrefix = (): string => `/slide/${newSecret()}`

export interface ServerOptions {
  application: Application
  /** The built page. */
  rendererDirectory: string
  /** As `newPicturePrefix` makes it. */
  picturePrefix: string
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
  // Sending a slide of many gigabytes may take longer than any limit. Those who were not let in have one (`Strangers`).
  const http = createServer({ requestTimeout: 0 })
  const strangers = new Strangers(http)
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(options.port, host, resolve)
  })
  const { port } = http.address() as AddressInfo
  const access = new Access(port)

  http.on('request', (request, response) => {
    answer(request, response, { ...options, port, access, strangers }).catch((error: unknown) => {
      reportUnexpected('unexpected error in the server', error)
      response.destroy()
    })
  })
  http.on('clientError', (_error, socket) => socket.destroy())
  const sockets = new Sockets(http, options.application, (request) => {
    const { host: own, origin, cookie } = request.headers
    const isOurs =
      isOwnHost(own, port) &&
      isOwnOrigin(origin, own) &&
      access.isOwnPage(cookie, keyInProtocols(request.headers['sec-websocket-protocol'])) &&
      request.url === socketPath
    if (isOurs) strangers.letIn(request.socket)
    return isOurs
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
  strangers: Strangers
}

interface Reply {
  status: number
  type: string
  body: string | Uint8Array
  headers?: Record<string, string>
}

async function answer(request: IncomingMessage, response: ServerResponse, door: Door): Promise<void> {
  const reply = await replyTo(request, response, door)
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
    ...(reply.status === 403 ? { Connection: 'close' } : {}),
    ...reply.headers,
  })
  response.end(reply.body)
}

async function replyTo(request: IncomingMessage, response: ServerResponse, door: Door): Promise<Reply> {
  const { access, strangers } = door
  const { host: own, cookie } = request.headers
  const { socket } = request
  if (!isOwnHost(own, door.port)) return sentence(403, 'This is not the address of Lobule.')
  if (isDrop(request)) return replyToDrop(request, own, door)
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return {
      ...sentence(405, 'Only GET and HEAD requests are accepted here.'),
      headers: { Connection: 'close' },
    }
  }
  const [path = '', query = ''] = (request.url ?? '').split('?')
  const token = path === '/' ? new URLSearchParams(query).get('token') : null
  // A HEAD request comes from a program that checks the address, not from a person who opens it.
  if (token !== null) {
    const admission = request.method === 'GET' ? access.exchange(token) : null
    if (admission !== null) return admit(admission)
    // The address again, in the browser that it has let in.
    return access.hasCookie(cookie) ? goTo('/') : refusal(refusalPage('used-address'))
  }
  if (!access.hasCookie(cookie)) {
    return path === '/' ? refusal(refusalPage('no-access')) : sentence(403, noAccess())
  }
  strangers.waitFor(response, socket)
  if (path === accessPath) {
    const isOwnPage = access.isOwnPage(cookie, asText(request.headers[keyHeader.toLowerCase()]))
    return isOwnPage ? { status: 204, type: 'text/plain', body: '' } : sentence(403, noAccess())
  }
  const picture = picturePath(path, door.picturePrefix)
  if (picture !== null) {
    strangers.letIn(socket)
    return readPicture(door.application, picture)
  }
  const file = await readPageFile(door.rendererDirectory, path)
  return file === null
    ? sentence(404, 'This page does not exist.')
    : { status: 200, type: file.type, body: file.bytes }
}

/** The page keeps the key, which no request contains: a browser does not send the fragment of an address. */
const admit = ({ cookie, key }: Admission): Reply => goTo(`/${keyFragment}${key}`, { 'Set-Cookie': cookie })

const goTo = (address: string, headers: Record<string, string> = {}): Reply => ({
  ...sentence(303, 'Welcome.'),
  headers: { Location: address, ...headers },
})

const noAccess = (): string => new AppError('call.unauthorised', {}).message

const asText = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header

/** The path of an image below the prefix, or null. */
function picturePath(path: string, prefix: string): string | null {
  const below = path.slice(prefix.length)
  return below.startsWith('/') && isEqual(path.slice(0, prefix.length), prefix) ? below : null
}

/** Only our own page may send files, and it shows the key. */
async function replyToDrop(request: IncomingMessage, own: string, door: Door): Promise<Reply> {
  const { origin, cookie } = request.headers
  const key = asText(request.headers[keyHeader.toLowerCase()])
  const isOurs = isOwnOrigin(origin, own) && door.access.isOwnPage(cookie, key)
  if (isOurs) door.strangers.letIn(request.socket)
  const refused = isOurs ? refusalOf(request) : { status: 403, text: noAccess() }
  if (refused !== null) {
    request.resume()
    return sentence(refused.status, refused.text)
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
    reportUnexpected('unexpected error while reading an image', error)
    return sentence(500, 'The image could not be read.')
  }
}

const sentence = (status: number, text: string): Reply => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${text}\n`,
})

/** A page that says what to do, and holds no secret. */
const refusal = ({ html, policy }: RefusalPage): Reply => ({
  status: 403,
  type: 'text/html; charset=utf-8',
  body: html,
  headers: { 'Content-Security-Policy': policy },
})
