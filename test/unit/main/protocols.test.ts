import { expect, test, vi } from 'vitest'
import { servePage, servePictures } from '../../../electron/main/protocols.ts'
import { fakePage } from '../../contract/running-server.ts'
import { stubApplication } from '../../contract/stub-application.ts'

const page = servePage(fakePage())
const pictures = servePictures(stubApplication())
const ask = (url: string, method = 'GET'): { url: string; method: string } => ({ url, method })

test('the page has its content security policy and is never cached', async () => {
  const reply = await page(ask('app://lobule/'))
  expect(reply.status).toBe(200)
  expect(await reply.text()).toMatch(/<title>Lobule/)
  expect(Object.fromEntries(reply.headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data: slide:; " +
      "connect-src 'self'; font-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  })
  expect((await page(ask('app://lobule/assets/index.js?x=1'))).status).toBe(200)
})

test.each([
  'app://lobule/../secret.json',
  'app://lobule/%2e%2e/secret.json',
  'app://lobule/..%2fsecret.json',
  'app://lobule/..%5csecret.json',
  'app://lobule//secret.json',
  'app://lobule/.hidden.js',
  'app://lobule/notes.txt',
  'app://lobule/assets',
  'app://evil/index.html',
  'slide://lobule/index.html',
])('nothing but the page itself: %s', async (url) => {
  const reply = await page(ask(url))
  expect([reply.status, await reply.text()]).toEqual([404, ''])
})

test('pixels of known images, only for our page', async () => {
  const reply = await pictures(ask('slide://image/1/thumbnail.jpg'))
  expect(reply.status).toBe(200)
  expect(Object.fromEntries(reply.headers)).toMatchObject({
    'content-type': 'image/jpeg',
    'access-control-allow-origin': 'app://lobule',
    'cache-control': 'no-store',
  })
  expect(new Uint8Array(await reply.arrayBuffer())).toEqual(new Uint8Array([0xff, 0xd8]))
})

test.each([
  'slide://image/2/thumbnail.jpg',
  'slide://other/1/thumbnail.jpg',
  'slide://image/',
  'app://image/1/thumbnail.jpg',
])('nothing else: %s', async (url) => {
  expect((await pictures(ask(url))).status).toBe(404)
})

test('read-only', async () => {
  expect((await page(ask('app://lobule/', 'POST'))).status).toBe(404)
  expect((await pictures(ask('slide://image/1/thumbnail.jpg', 'POST'))).status).toBe(404)
})

test('a bug while reading an image gives an error answer', async () => {
  const logged = vi.spyOn(console, 'error').mockReturnValue()
  const broken = servePictures({ readPicture: () => Promise.reject(new Error('a bug')) })
  expect((await broken(ask('slide://image/1/thumbnail.jpg'))).status).toBe(500)
  expect(logged).toHaveBeenCalledOnce()
  logged.mockRestore()
})
