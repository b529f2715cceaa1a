import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { WebSocketServer } from 'ws'
import { parseTilePath } from '../../../../electron/contract/index.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import { contentSecurityPolicy, readPageFile } from '../../../../electron/application/page-files.ts'
import { FakeApplication } from './fake-application.ts'
import type { FakeOptions } from './options.ts'
import { pictureOf } from './tissue.ts'

/** The built page; another one by LOBULE_PAGE. */
const page = process.env['LOBULE_PAGE'] ?? fileURLToPath(new URL('../../../../out/renderer', import.meta.url))

export interface MockServer {
  url: string
  port: number
  stop: () => Promise<void>
}

/** The server's protocol with made-up data behind it, under the real security policy; port 0: any. */
export async function serveMock(options: Partial<FakeOptions>, port = 0): Promise<MockServer> {
  const application = new FakeApplication(options)
  const http = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page')
    void answer(application, pathname).then(({ status, type, bytes }) => {
      const policy = contentSecurityPolicy({ pictures: 'slide:', connect: 'ws:' })
      response.writeHead(status, { 'Content-Type': type, 'Content-Security-Policy': policy }).end(bytes)
    })
  })
  const sockets = new WebSocketServer({ server: http, path: '/socket' })
  sockets.on('connection', (socket) => {
    socket.on(
      'close',
      application.onEvent((event) => socket.send(JSON.stringify({ event }))),
    )
    socket.on('message', (data) => {
      const { id, name, input } = JSON.parse((data as Buffer).toString()) as Record<string, unknown>
      void dispatch(application.handlers, name, input).then((reply) => {
        socket.send(JSON.stringify({ id, answer: reply }))
      })
    })
  })
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve))
  const used = (http.address() as AddressInfo).port
  const stop = (): Promise<void> => {
    for (const socket of sockets.clients) socket.terminate()
    http.closeAllConnections()
    return new Promise((resolve) => http.close(() => resolve()))
  }
  return { url: `http://127.0.0.1:${used}/`, port: used, stop }
}

async function answer(
  application: FakeApplication,
  path: string,
): Promise<{ status: number; type: string; bytes: Uint8Array }> {
  const request = path.startsWith('/slide') ? parseTilePath(path.slice('/slide'.length)) : null
  if (request?.kind === 'heat-map') {
    const { imageId, modelId, classIndex, range } = request
    const bytes = await application.explanations.picture(imageId, modelId, classIndex, range)
    return { status: 200, type: 'image/png', bytes }
  }
  if (request !== null) {
    const bytes = await pictureOf(application.image(request.imageId), request)
    return { status: 200, type: 'image/jpeg', bytes }
  }
  const file = await readPageFile(page, path)
  return file === null
    ? { status: 404, type: 'text/plain', bytes: new Uint8Array() }
    : { status: 200, ...file }
}
