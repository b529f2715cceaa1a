import { createServer } from 'node:http'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { WebSocketServer } from 'ws'
import { parseTilePath } from '../../../../electron/contract/index.ts'
import { dispatch } from '../../../../electron/services/dispatch.ts'
import { contentSecurityPolicy, readPageFile } from '../../../../electron/services/page-files.ts'
import { FakeApplication } from './fake-application.ts'
import { pictureOf } from './tissue.ts'

/**
 * Serves the built page over the server door's protocol with made-up data, under the real security policy:
 * node test/e2e/page/mock/server.ts --page out/renderer --images 48 --classified
 */
const { values } = parseArgs({
  options: {
    page: { type: 'string', default: 'out/renderer' },
    port: { type: 'string', default: '5199' },
    images: { type: 'string' },
    classified: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    'job-ms': { type: 'string', default: '4000' },
  },
})
const application = new FakeApplication({
  acknowledged: !values.fresh,
  images: values.images === undefined ? null : Number(values.images),
  isClassified: values.classified,
  jobMs: Number(values['job-ms']),
})

const http = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://page')
  void answer(pathname).then(({ status, type, bytes }) => {
    const policy = contentSecurityPolicy({ pictures: 'slide:', connect: 'ws:' })
    response.writeHead(status, { 'Content-Type': type, 'Content-Security-Policy': policy }).end(bytes)
  })
})

async function answer(path: string): Promise<{ status: number; type: string; bytes: Uint8Array }> {
  const request = path.startsWith('/slide') ? parseTilePath(path.slice('/slide'.length)) : null
  if (request !== null) {
    const bytes = await pictureOf(application.image(request.imageId), request)
    return { status: 200, type: 'image/jpeg', bytes }
  }
  const file = await readPageFile(resolve(values.page), path)
  return file === null
    ? { status: 404, type: 'text/plain', bytes: new Uint8Array() }
    : { status: 200, ...file }
}

new WebSocketServer({ server: http, path: '/socket' }).on('connection', (socket) => {
  const stop = application.onEvent((event) => socket.send(JSON.stringify({ event })))
  socket.on('close', stop)
  socket.on('message', (data) => {
    const { id, name, input } = JSON.parse((data as Buffer).toString()) as {
      id: number
      name: string
      input: unknown
    }
    void dispatch(application.handlers, name, input).then((reply) =>
      socket.send(JSON.stringify({ id, answer: reply })),
    )
  })
})
http.listen(Number(values.port), '127.0.0.1', () => console.error(`http://127.0.0.1:${values.port}/`))
