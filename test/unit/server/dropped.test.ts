import { request, type OutgoingHttpHeaders } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AppError, dropAddress } from '../../../electron/contract/index.ts'
import type { RunningServer } from '../../../electron/server/index.ts'
import { ask, logIn, serve, type Secrets } from '../../contract/running-server.ts'
import { stubApplication } from '../../contract/stub-application.ts'

const dropId = '0123456789abcdef'
const address = dropAddress(dropId, 'Benign/a 1.png')
let server: RunningServer
let received: { path: string; text: string; bytes: number }[]
beforeEach(async () => {
  received = []
  const application = stubApplication()
  server = await serve({
    ...application,
    receiveFile: async ({ path, bytes, body }) => {
      if (path === 'refused.png') throw new AppError('drop.refused', { reason: 'of a test' })
      const chunks: Uint8Array[] = []
      for await (const chunk of body) chunks.push(chunk)
      received.push({ path, text: Buffer.concat(chunks).toString(), bytes })
      return `/w/dropped/${path}`
    },
  })
})
afterEach(() => server.close())

const own = (): OutgoingHttpHeaders => ({
  origin: `http://127.0.0.1:${server.port}`,
  'content-type': 'application/octet-stream',
})

const headersOf = ({ cookie, key }: Secrets): OutgoingHttpHeaders => ({ cookie, 'lobule-key': key })

const post = (
  path: string,
  headers: OutgoingHttpHeaders,
  body: string,
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: server.port, path, method: 'POST' }
    const sent = request({ ...options, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', reject).end(body)
  })

test('a file from our own page is accepted, and its location returned', async () => {
  const secrets = headersOf(await logIn(server))
  const { status, text } = await post(address, { ...own(), ...secrets, 'content-length': 5 }, 'hello')
  expect([status, JSON.parse(text)]).toEqual([
    200,
    { ok: true, value: { path: '/w/dropped/Benign/a 1.png' } },
  ])
  expect(received).toEqual([{ path: 'Benign/a 1.png', text: 'hello', bytes: 5 }])
})

test('a refusal of the application is an answer with its reason', async () => {
  const secrets = headersOf(await logIn(server))
  const headers = { ...own(), ...secrets, 'content-length': 5 }
  const refused = await post(dropAddress(dropId, 'refused.png'), headers, 'hello')
  expect([refused.status, JSON.parse(refused.text)]).toMatchObject([
    400,
    { ok: false, error: { code: 'drop.refused', details: { reason: 'of a test' } } },
  ])
  for (const wrong of [
    '/dropped/',
    '/dropped/x/a.png',
    `/dropped/${dropId}`,
    `/dropped/${dropId}/a%2f..%2fb`,
  ]) {
    expect((await post(wrong, headers, 'hello')).status, wrong).toBe(400)
  }
  expect(received).toEqual([])
})

test.each<[string, (headers: OutgoingHttpHeaders) => OutgoingHttpHeaders, number]>([
  ['no cookie', ({ cookie: _cookie, ...rest }) => rest, 403],
  ['a wrong cookie', (headers) => ({ ...headers, cookie: `lobule-${server.port}=wrong` }), 403],
  ['the cookie alone', ({ 'lobule-key': _key, ...rest }) => rest, 403],
  ['a wrong key', (headers) => ({ ...headers, 'lobule-key': 'wrong' }), 403],
  ['another site', (headers) => ({ ...headers, origin: 'http://evil.example' }), 403],
  ['no origin', ({ origin: _origin, ...rest }) => rest, 403],
  ['a foreign name of this machine', (headers) => ({ ...headers, host: 'evil.example' }), 403],
  ['a kind that a form can send', (headers) => ({ ...headers, 'content-type': 'text/plain' }), 415],
  ['no length', ({ 'content-length': _length, ...rest }) => rest, 411],
])('with %s nothing is taken', async (_what, change, status) => {
  const headers = { ...own(), ...headersOf(await logIn(server)), 'content-length': 5 }
  const changed = change(headers)
  // Without a length, Node sends the body in chunks.
  if (!('content-length' in changed)) changed['transfer-encoding'] = 'chunked'
  expect((await post(address, changed, 'hello')).status).toBe(status)
  expect(received).toEqual([])
})

test('other sites may not even send a request, and no other address accepts files', async () => {
  const secrets = headersOf(await logIn(server))
  expect((await ask(server, address, { ...secrets, origin: 'http://evil.example' }, 'OPTIONS')).status).toBe(
    405,
  )
  expect((await post('/', { ...own(), ...secrets, 'content-length': 5 }, 'hello')).status).toBe(405)
  expect((await ask(server, address, secrets)).status).toBe(404)
})
