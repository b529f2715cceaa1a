import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs'
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { newPicturePrefix, startServer, type RunningServer } from '../../electron/server/index.ts'
import { keyFragment, socketProtocols } from '../../electron/contract/index.ts'
import type { Application } from '../../electron/application/application.ts'

export interface Reply {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** A built page of two files, with a secret beside its folder. */
export function fakePage(): string {
  const directory = mkdtempSync(join(tmpdir(), 'lobule-page-'))
  const page = join(directory, 'renderer')
  mkdirSync(join(page, 'assets'), { recursive: true })
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>Lobule</title>')
  writeFileSync(join(page, 'assets', 'index.js'), 'export {}')
  writeFileSync(join(page, '.hidden.js'), 'hidden')
  writeFileSync(join(page, 'notes.txt'), 'not of the page')
  writeFileSync(join(directory, 'secret.json'), '"secret"')
  return page
}

/** The prefix of the images of every server that `serve` starts. */
export const picturePrefix = newPicturePrefix()

export const serve = (application: Application, port = 0): Promise<RunningServer> =>
  startServer({ application, rendererDirectory: fakePage(), picturePrefix, port })

/** A raw request: `fetch` would normalise the path and refuse to forge Host. */
export const ask = (
  server: RunningServer,
  path: string,
  headers: OutgoingHttpHeaders = {},
  method = 'GET',
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: server.port, path, headers, method }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => (body += text))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    asked.on('error', reject).end()
  })

/** What a browser gets for the printed address. */
export interface Secrets {
  cookie: string
  key: string
}

/** Opens the printed address once. */
export async function logIn(server: RunningServer): Promise<Secrets> {
  const { searchParams } = new URL(server.url)
  const { headers } = await ask(server, `/?token=${searchParams.get('token') ?? ''}`)
  return {
    cookie: headers['set-cookie']?.[0]?.split(';')[0] ?? '',
    key: headers.location?.split(keyFragment)[1] ?? '',
  }
}

/** An open WebSocket with the page's own headers by default; rejects if it is refused. */
export const connect = (
  server: RunningServer,
  { cookie, key }: { cookie: string; key: string | null },
  origin = `http://127.0.0.1:${server.port}`,
  path = '/socket',
): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const address = `ws://127.0.0.1:${server.port}${path}`
    const socket = new WebSocket(address, socketProtocols(key), { origin, headers: { cookie } })
    socket.once('open', () => resolve(socket))
    socket.once('error', reject)
  })

export const nextFrame = (socket: WebSocket): Promise<unknown> =>
  new Promise((resolve) => {
    socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString('utf8'))))
  })

export const closeCode = (socket: WebSocket): Promise<number> =>
  new Promise((resolve) => {
    socket.once('close', resolve)
  })
