import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { networkReason } from '../../../../electron/engine/encoders/network-reason.ts'

const url = 'https://weights.example/resnet50.h5'
const failed = (code: string, message: string): Error =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) })

test.each([
  ['ENOTFOUND', 'weights.example was not found: this computer has no network, or needs a proxy'],
  ['ECONNREFUSED', 'weights.example refused the connection'],
  ['UND_ERR_SOCKET', 'the connection to weights.example was cut'],
  ['UND_ERR_CONNECT_TIMEOUT', 'weights.example did not answer in time'],
])('%s becomes a sentence', (code, sentence) => {
  expect(networkReason(failed(code, `getaddrinfo ${code} weights.example`), url)).toBe(sentence)
})

test('a certificate that is not trusted names what an administrator can do', () => {
  expect(networkReason(failed('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed'), url)).toMatch(
    /NODE_EXTRA_CA_CERTS/,
  )
})

test('a message without a known code stays as it was', () => {
  expect(networkReason(failed('UND_ERR_INVALID_ARG', 'bad port'), url)).toBe('bad port')
  expect(networkReason(new Error('it is larger than 5 bytes'), url)).toBe('it is larger than 5 bytes')
  expect(networkReason('text', url)).toBe('text')
})

test('what fetch throws where no server listens becomes a sentence', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  const there = `http://127.0.0.1:${port}/`
  const error: unknown = await fetch(there).catch((cause: unknown) => cause)
  expect(networkReason(error, there)).toBe(`127.0.0.1:${port} refused the connection`)
})
