import { createHash } from 'node:crypto'
import { connect as connectRaw } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { RunningServer } from '../../../electron/server/index.ts'
import { maxFrameBytes } from '../../../electron/server/frames.ts'
import {
  ask,
  closeCode,
  connect,
  logIn,
  nextFrame,
  picturePrefix,
  serve,
} from '../../contract/running-server.ts'
import { stubApplication } from '../../contract/stub-application.ts'

let server: RunningServer
const application = stubApplication({
  'app.doctor': () => Promise.reject(new Error('a bug')),
  // BigInt has no JSON: a handler that returns one must not end the server.
  'job.list': () => [1n] as never,
})

beforeEach(async () => {
  server = await serve(application)
})
afterEach(() => server.close())

describe('access', () => {
  test('the token works once and becomes a strict cookie and the key of the page', async () => {
    const path = server.url.slice(server.url.indexOf('/?'))
    const first = await ask(server, path)
    expect(first.status).toBe(303)
    // In the fragment, which no request contains; another secret than that of the cookie.
    const [, key] = /^\/#key=([\w-]{43})$/.exec(first.headers.location ?? '') ?? []
    expect(key).toBeDefined()
    const [cookie] = first.headers['set-cookie'] ?? []
    expect(cookie).toMatch(/^lobule-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(cookie).not.toContain(key)
    const again = await ask(server, path)
    expect(again.status).toBe(403)
    expect(again.headers['set-cookie']).toBeUndefined()
    expect(again.body).toMatch(/works only once/)
    // The browser that it has let in is sent to its page, without a key.
    const own = await ask(server, path, { cookie: cookie?.split(';')[0] })
    expect([own.status, own.headers.location, own.headers['set-cookie']]).toEqual([303, '/', undefined])
  })

  test('a program that only checks the address does not use up the token', async () => {
    const path = server.url.slice(server.url.indexOf('/?'))
    expect((await ask(server, path, {}, 'HEAD')).status).toBe(403)
    expect((await ask(server, path)).status).toBe(303)
  })

  test.each(['/?token=', '/?token=wrong', `/?token=${'a'.repeat(43)}`])('%s is refused', async (path) => {
    const reply = await ask(server, path)
    expect(reply.status).toBe(403)
    expect(reply.headers['set-cookie']).toBeUndefined()
  })

  test.each(['/', '/assets/index.js', `${picturePrefix}/1/thumbnail.jpg`, '/access', '/no-such'])(
    '%s without the cookie is refused, and it is said what to do',
    async (path) => {
      const { key } = await logIn(server)
      for (const cookie of [undefined, 'lobule=x', `lobule-${server.port}=wrong`, `lobule-${server.port}`]) {
        const reply = await ask(server, path, {
          'lobule-key': key,
          ...(cookie === undefined ? {} : { cookie }),
        })
        expect(reply.status).toBe(403)
        expect(reply.body).toMatch(/open the address that Lobule printed/i)
      }
    },
  )

  test('the cookie alone, which every port of this machine gets, opens nothing but the files of the page', async () => {
    const { cookie, key } = await logIn(server)
    expect((await ask(server, '/access', { cookie, 'lobule-key': key })).status).toBe(204)
    for (const wrong of [undefined, '', 'wrong', cookie.split('=')[1]]) {
      const headers = { cookie, ...(wrong === undefined ? {} : { 'lobule-key': wrong }) }
      expect((await ask(server, '/access', headers)).status).toBe(403)
      await expect(connect(server, { cookie, key: wrong ?? null })).rejects.toThrow(/403/)
    }
    for (const path of [
      '/slide/1/thumbnail.jpg',
      `/slide/${key}/1/thumbnail.jpg`,
      `${picturePrefix}x/1/thumbnail.jpg`,
    ])
      expect((await ask(server, path, { cookie, 'lobule-key': key })).status, path).toBe(404)
    expect((await ask(server, '/', { cookie })).status).toBe(200)
  })

  test('the protocol of the socket does not send the key back', async () => {
    const socket = await connect(server, await logIn(server))
    expect(socket.protocol).toBe('lobule')
    socket.close()
  })

  test.each(['/', '/?token=wrong'])(
    'the refusal of %s is a page with its own style and no script',
    async (path) => {
      const { headers, body } = await ask(server, path)
      expect(headers['content-type']).toBe('text/html; charset=utf-8')
      const [, style = ''] = /<style>([^]*)<\/style>/.exec(body) ?? []
      const hash = createHash('sha256').update(style).digest('base64')
      expect(headers['content-security-policy']).toBe(
        `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'`,
      )
    },
  )

  test('a foreign Host is refused even with the cookie (DNS rebinding)', async () => {
    const { cookie } = await logIn(server)
    const { port } = server
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`]) {
      expect((await ask(server, '/', { cookie, host })).status, host).toBe(403)
    }
    expect((await ask(server, '/', { cookie, host: `localhost:${port}` })).status).toBe(200)
  })

  test('the cookie of another server on this machine does not count', async () => {
    const other = await serve(application)
    const { cookie } = await logIn(other)
    await other.close()
    expect((await ask(server, '/', { cookie })).status).toBe(403)
  })

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is refused', async (method) => {
    const { cookie } = await logIn(server)
    expect((await ask(server, '/', { cookie }, method)).status).toBe(405)
  })
})

describe('the page and its images', () => {
  test('every answer carries the security headers', async () => {
    const { cookie } = await logIn(server)
    for (const path of ['/', '/assets/index.js', `${picturePrefix}/1/thumbnail.jpg`, '/none']) {
      const { headers } = await ask(server, path, { cookie })
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; " +
          `connect-src 'self' ws://127.0.0.1:${server.port}; font-src 'self'; base-uri 'none'; ` +
          "frame-ancestors 'none'; form-action 'none'",
      )
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'cache-control': 'no-store',
      })
    }
  })

  test('files of the page have the type of their name', async () => {
    const { cookie } = await logIn(server)
    const page = await ask(server, '/', { cookie })
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    const script = await ask(server, '/assets/index.js', { cookie })
    expect([script.status, script.body]).toEqual([200, 'export {}'])
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8')
  })

  test.each([
    '/../secret.json',
    '/assets/../../secret.json',
    '/..%2fsecret.json',
    '/%2e%2e/secret.json',
    '/..\\secret.json',
    '//secret.json',
    '/./index.html',
    '/.hidden.js',
    '/notes.txt',
    '/assets',
    '/assets/',
    '/index.html%00.js',
    'http://127.0.0.1/index.html',
    '*',
  ])('nothing but the page itself: %s', async (path) => {
    const { cookie } = await logIn(server)
    const reply = await ask(server, path, { cookie })
    expect(reply.status).toBe(404)
    expect(reply.body).not.toMatch(/secret|hidden/)
  })

  test('tiles of known images only', async () => {
    const { cookie } = await logIn(server)
    const known = await ask(server, `${picturePrefix}/1/thumbnail.jpg`, { cookie })
    expect([known.status, known.headers['content-type']]).toEqual([200, 'image/jpeg'])
    expect((await ask(server, `${picturePrefix}/2/thumbnail.jpg`, { cookie })).status).toBe(404)
  })
})

describe('the socket', () => {
  test('opens for our own page only', async () => {
    const own = await logIn(server)
    await expect(connect(server, { ...own, cookie: 'none' })).rejects.toThrow(/403/)
    await expect(connect(server, own, 'http://evil.example')).rejects.toThrow(/403/)
    await expect(connect(server, own, `http://localhost:${server.port}`)).rejects.toThrow(/403/)
    await expect(connect(server, own, 'null')).rejects.toThrow(/403/)
    await expect(connect(server, own, undefined, '/elsewhere')).rejects.toThrow(/403/)
    const socket = await connect(server, own)
    socket.close()
  })

  test.each([
    ['not JSON', 'hello'],
    ['no object', '42'],
    ['no id', '{"name":"app.info","input":{}}'],
    ['an id of the wrong kind', '{"id":{},"name":"app.info","input":{}}'],
    ['more than was agreed', '{"id":1,"name":"app.info","input":{},"extra":1}'],
    ['binary', Buffer.from([1, 2, 3])],
  ])('a malformed frame is answered and closes the connection: %s', async (_what, frame) => {
    const socket = await connect(server, await logIn(server))
    const [answered, closed] = [nextFrame(socket), closeCode(socket)]
    socket.send(frame)
    expect(await answered).toMatchObject({
      id: null,
      answer: { ok: false, error: { code: 'call.invalid-input', details: { name: 'frame' } } },
    })
    expect(await closed).toBe(1008)
  })

  test('an oversized frame and invalid text close the connection, not the server', async () => {
    const own = await logIn(server)
    const long = await connect(server, own)
    const longClosed = closeCode(long)
    long.send('x'.repeat(maxFrameBytes + 1))
    expect(await longClosed).toBe(1009)
    const broken = await connect(server, own)
    const brokenClosed = closeCode(broken)
    broken.send(Buffer.from([0xff, 0xfe]), { binary: false })
    expect(await brokenClosed).toBe(1007)
    expect((await ask(server, '/', { cookie: own.cookie })).status).toBe(200)
  })

  test('a failing handler gives an error answer', async () => {
    const logged = vi.spyOn(console, 'error').mockReturnValue()
    const socket = await connect(server, await logIn(server))
    for (const name of ['app.doctor', 'job.list']) {
      const answered = nextFrame(socket)
      socket.send(JSON.stringify({ id: 'a', name, input: {} }))
      expect(await answered).toMatchObject({
        id: 'a',
        answer: { ok: false, error: { code: 'internal.unexpected' } },
      })
    }
    expect(logged).toHaveBeenCalled()
    logged.mockRestore()
    socket.close()
  })

  test('closing the server ends the connections and stops listening', async () => {
    const socket = await connect(server, await logIn(server))
    const closed = closeCode(socket)
    const before = application.listenerCount
    await server.close()
    expect(await closed).toBe(1001)
    expect(application.listenerCount).toBe(before - 1)
  })
})

test('garbage instead of HTTP is dropped and the server goes on', async () => {
  await new Promise<void>((resolve) => {
    const raw = connectRaw(server.port, '127.0.0.1', () => raw.write('\0\x01 garbage\r\n\r\n'))
    raw.on('error', () => undefined).on('close', () => resolve())
    raw.resume()
  })
  expect((await ask(server, '/')).status).toBe(403)
})

test('a taken port is an error to catch', async () => {
  const { startServer } = await import('../../../electron/server/index.ts')
  const again = startServer({ application, rendererDirectory: '/', picturePrefix, port: server.port })
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
