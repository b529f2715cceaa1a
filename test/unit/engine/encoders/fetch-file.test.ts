import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { untrainedWeights } from '../../../../electron/engine/encoders/untrained-weights.ts'
import { fetchEncoder } from '../../../../electron/engine/encoders/fetch-encoder.ts'
import { fetchFile } from '../../../../electron/engine/encoders/fetch-file.ts'
import { architectures, EncoderStore, officialWeights } from '../../../../electron/engine/encoders/index.ts'
import { expectRefusal, temporaryFolder, writeKerasFile } from './helpers.ts'

const md5Of = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')
const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * index) % 251))
const md5 = md5Of(content)
const hash = { algorithm: 'md5', hex: md5 } as const

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A server on this machine that is closed after the test; `asked` are the requested ranges. */
async function serve(answer: Answer): Promise<{ url: string; asked: (string | undefined)[] }> {
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(request.headers.range)
    answer(request, response)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

/** As storage.googleapis.com does: complete, or from a byte on. */
const ranged =
  (bytes: Buffer): Answer =>
  ({ headers }, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0)
    if (from >= bytes.length) return void response.writeHead(416).end()
    const partial = { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }
    const length = { 'content-length': bytes.length - from }
    response.writeHead(from > 0 ? 206 : 200, from > 0 ? { ...partial, ...length } : length)
    response.end(bytes.subarray(from))
  }

/** Announces the whole file and closes the connection after some bytes. */
const cutting =
  (bytes: Buffer, after: number): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-length': bytes.length })
    // Time enough for the client to read it: what it has not read is lost with the connection.
    response.write(bytes.subarray(0, after), () => setTimeout(() => response.destroy(), 200))
  }

test('a whole file, with progress', async () => {
  const { url, asked } = await serve(ranged(content))
  const path = join(await temporaryFolder(), 'new', 'file.part')
  const seen: [number, number][] = []
  await fetchFile({ url, path, hash, onProgress: (...step) => seen.push(step) })
  expect((await readFile(path)).equals(content)).toBe(true)
  expect(seen.at(-1)).toEqual([content.length, content.length])
  // The second time it is there already.
  await fetchFile({ url, path, hash })
  expect(asked).toEqual([undefined, `bytes=${content.length}-`])
})

test('an incomplete file is kept and continued, also from a server without ranges', async () => {
  const path = join(await temporaryFolder(), 'file.part')
  const cut = await serve(cutting(content, 100_000))
  const first = fetchFile({ url: cut.url, path, hash })
  await expectRefusal(
    () => first,
    'encoder.download-failed',
    /stopped after \d+ of 300000 bytes .*try again to resume/,
  )
  const kept = (await readFile(path)).length
  expect(kept).toBeGreaterThan(0)
  const whole = await serve(ranged(content))
  await fetchFile({ url: whole.url, path, hash })
  expect(whole.asked).toEqual([`bytes=${kept}-`])
  expect((await readFile(path)).equals(content)).toBe(true)

  await writeFile(path, content.subarray(0, 5))
  const simple = await serve((_request, response) => response.end(content))
  await fetchFile({ url: simple.url, path, hash })
  expect((await readFile(path)).equals(content)).toBe(true)
})

test('a file changed in transit is removed; errors of server and network are reported', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'file.part')
  const altered = Buffer.from(content)
  altered[1000] = (altered[1000] ?? 0) ^ 1
  const { url } = await serve(ranged(altered))
  await expectRefusal(
    () => fetchFile({ url, path, hash }),
    'encoder.download-failed',
    /md5 is \w{32} instead/,
  )
  expect(await readdir(folder)).toEqual([])
  const refusing = await serve((_request, response) => response.writeHead(403).end())
  const refused = () => fetchFile({ url: refusing.url, path, hash })
  await expectRefusal(refused, 'encoder.download-failed', /the server answered 403/)
  const other = await serve((_request, response) => {
    response.writeHead(206, { 'content-range': 'bytes 0-9/10' }).end('0123456789')
  })
  await writeFile(path, 'begun')
  const another = () => fetchFile({ url: other.url, path, hash })
  await expectRefusal(another, 'encoder.download-failed', /a different range/)
  const unreachable = () => fetchFile({ url: 'http://127.0.0.1:1', path, hash })
  await expectRefusal(unreachable, 'encoder.download-failed', /127\.0\.0\.1:1/)
  const large = await serve((_request, response) =>
    response.writeHead(200, { 'content-length': 2 ** 31 }).end(),
  )
  const endless = () => fetchFile({ url: large.url, path, hash })
  await expectRefusal(endless, 'encoder.download-failed', /more than the 1073741824 that it may have/)
  const cancelled = () => fetchFile({ url, path, hash, signal: AbortSignal.abort() })
  await expectRefusal(cancelled, 'job.cancelled', /Cancelled/)
})

test('official weights are fetched, checked, installed, and not fetched again', async () => {
  const { vgg16 } = architectures
  const [home, files] = [await temporaryFolder(), await temporaryFolder()]
  const weights = new Map(untrainedWeights(vgg16))
  weights.set('block1_conv1/bias', new Float32Array(64).fill(0.25))
  await writeKerasFile(join(files, 'own.h5'), vgg16, weights)
  const bytes = await readFile(join(files, 'own.h5'))
  const paths: (string | undefined)[] = []
  const { url: baseUrl } = await serve((request, response) => {
    paths.push(request.url)
    ranged(bytes)(request, response)
  })

  const wrong = () => fetchEncoder(home, 'vgg16', { baseUrl })
  await expectRefusal(wrong, 'encoder.download-failed', /nothing was installed/)
  expect((await new EncoderStore(home).find('vgg16')).source).toBe('missing')

  // The official file cannot be here; this one takes its place.
  vi.spyOn(officialWeights.vgg16, 'md5', 'get').mockReturnValue(md5Of(bytes))
  const entry = await fetchEncoder(home, 'vgg16', { baseUrl: `${baseUrl}/` })
  expect(entry).toMatchObject({ source: 'official', licence: 'CC-BY-4.0', problem: null })
  expect(await readdir(join(home, 'encoders', 'downloads'))).toEqual([])
  expect(await fetchEncoder(home, 'vgg16', { baseUrl })).toEqual(entry)
  expect(paths).toEqual(Array(2).fill('/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5'))
})
