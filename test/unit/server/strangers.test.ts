import { Server } from 'node:http'
import { connect as connectRaw, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RunningServer } from '../../../electron/server/index.ts'
import { ask, connect, logIn, serve, type Secrets } from '../../contract/running-server.ts'
import { stubApplication } from '../../contract/stub-application.ts'
import { waitFor } from '../../support/waiting.ts'

let server: RunningServer
let http: Server
let open: Set<Socket>
let drips: NodeJS.Timeout[]
beforeEach(async () => {
  open = new Set()
  drips = []
  const listening = vi.spyOn(Server.prototype, 'listen')
  server = await serve(stubApplication())
  http = listening.mock.contexts[0] as Server
  listening.mockRestore()
})
afterEach(async () => {
  for (const drip of drips) clearInterval(drip)
  for (const socket of open) socket.destroy()
  await server.close()
})

/** Connections that the server has, open files of its process. */
const held = (): Promise<number> =>
  new Promise((resolve, reject) => {
    http.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))
  })
const untilHeld = (count: number): Promise<void> => waitFor(async () => expect(await held()).toBe(count))

/** A connection that never closes by itself, and what it sends first. */
const stranger = (text: string, then?: (socket: Socket) => void): Promise<void> =>
  new Promise((resolve) => {
    const socket = connectRaw({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
    open.add(socket)
    socket.on('error', () => undefined)
    // The server may close it before it is used.
    socket.once('close', () => resolve())
    socket.once('connect', () => {
      if (text !== '') socket.write(text)
      then?.(socket)
      resolve()
    })
  })

const head = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n`
const upgrade = (): string =>
  `${head('/socket')}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
const drip = (socket: Socket): void => {
  drips.push(setInterval(() => socket.write('X-Drip: 1\r\n'), 100))
}

/** What programs that were not let in may do, and keep open. */
const kinds: [string, () => [string, ((socket: Socket) => void)?]][] = [
  ['nothing at all', () => ['']],
  ['a refused WebSocket', () => [upgrade()]],
  ['a header that never ends', () => [head('/'), drip]],
  ['a refused request that is kept alive', () => [`${head('/')}\r\n`]],
  [
    'a file that is announced and never sent',
    () => [`${head('/dropped/0123456789abcdef/a.png').replace('GET', 'POST')}Content-Length: 1000\r\n\r\n`],
  ],
]

test.each(kinds)('the connections of strangers are closed: %s', async (_what, kind) => {
  await Promise.all(Array.from({ length: 20 }, () => stranger(...kind())))
  await untilHeld(0)
})

test('800 of them leave room for a page, which is let in at once and stays', async () => {
  const own: Secrets = await logIn(server)
  const all = Array.from({ length: 800 }, (_, n) => {
    const [, kind] = kinds[n % kinds.length] ?? []
    return stranger(...(kind?.() ?? ['']))
  })
  await Promise.all(all)
  const page = await connect(server, own)
  expect((await ask(server, '/', { cookie: own.cookie })).status).toBe(200)
  await untilHeld(1)
  // Everything that closes strangers has had its turn.
  const answered = new Promise((resolve) => page.once('message', resolve))
  page.send(JSON.stringify({ id: 1, name: 'app.info', input: {} }))
  await answered
  expect(page.readyState).toBe(page.OPEN)
  page.close()
})

test('a page that was let in may take longer than a stranger to send a file', async () => {
  const { cookie, key } = await logIn(server)
  const sending = await new Promise<Socket>((resolve) => {
    void stranger(
      `${head('/dropped/0123456789abcdef/a.png').replace('GET', 'POST')}Origin: http://127.0.0.1:${server.port}\r\n` +
        `Cookie: ${cookie}\r\nLobule-Key: ${key}\r\nContent-Type: application/octet-stream\r\nContent-Length: 8\r\n\r\n1234`,
      resolve,
    )
  })
  const others = [stranger(''), stranger(upgrade())]
  await Promise.all(others)
  // The strangers that came later are gone, and the page's connection is not.
  await untilHeld(1)
  const answered = new Promise<string>((resolve) => sending.once('data', (data) => resolve(data.toString())))
  sending.write('5678')
  expect(await answered).toMatch(/drop\.refused/)
})
