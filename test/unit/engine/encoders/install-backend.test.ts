import { zipSync } from 'fflate'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { BackendSet } from '../../../../electron/engine/encoders/installable/backend-sets.ts'
import {
  downloadBackend,
  publishBackend,
  removeBackend,
  requireSet,
  unpackBackend,
} from '../../../../electron/engine/encoders/installable/install-backend.ts'
import {
  backendFolder,
  backendsFolder,
  installedBackend,
} from '../../../../electron/engine/encoders/installable/installed-backend.ts'
import { addressOfWheel } from '../../../../electron/engine/encoders/installable/package-index.ts'
import { expectRefusal, temporaryFolder } from './helpers.ts'

/** What cannot be renamed, as on a disk that fails. */
const stuck = vi.hoisted(() => new Set<unknown>())
vi.mock(import('node:fs/promises'), async (original) => {
  const actual = await original()
  const rename: typeof actual.rename = async (from, to) => {
    if (stuck.has(from)) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
    await actual.rename(from, to)
  }
  return { ...actual, rename }
})

const library = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * index) % 253))
/** As wheels have them: two long names that differ only at their end. */
const long = `made/${'n'.repeat(90)}`
const bytes = Buffer.from(
  zipSync({
    'made/lib/libmade.so.1': library,
    'made/LICENSE': Buffer.from('terms'),
    [`${long}a`]: Buffer.from('not needed'),
    [`${long}b`]: Buffer.from('not needed'),
  }),
)
const sha256Of = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')

const wheel = {
  project: 'made-up',
  file: 'made_up-1-py3-none-any.whl',
  bytes: bytes.length,
  sha256: sha256Of(bytes),
  licence: 'MIT',
  holder: 'the makers',
  members: [
    { name: 'made/lib/libmade.so.1', bytes: library.length },
    { name: 'made/LICENSE', bytes: 5 },
  ],
}
// Under the name of a real one; nothing of that is installed here.
const set: BackendSet = {
  ...{ name: 'tensorflow', device: 'processor', title: 'Made up', version: '1' },
  wheels: [wheel],
}

interface Options {
  /** How many bytes of the first answer are sent before the connection ends. */
  cutAfter?: number
  /** In place of the wheel. */
  content?: Buffer
  asHtml?: boolean
}

/** A package index on this machine; answers the requested addresses, with their ranges. */
async function serveIndex({ cutAfter, content = bytes, asHtml = false }: Options = {}): Promise<string[]> {
  const asked: string[] = []
  let isFirst = true
  const server = createServer(({ url = '', headers }, response) => {
    asked.push(`${url} ${headers.range ?? ''}`.trim())
    const address = `../../files/${wheel.file}`
    if (url === '/simple/made-up/' && asHtml) {
      response.writeHead(200, { 'content-type': 'text/html' })
      return void response.end(
        `<a href="other.whl">other</a><a href="${address}#sha256=${wheel.sha256}">x</a>`,
      )
    }
    if (url === '/simple/made-up/') {
      response.writeHead(200, { 'content-type': 'application/vnd.pypi.simple.v1+json' })
      return void response.end(JSON.stringify({ files: [{ filename: wheel.file, url: address }] }))
    }
    if (url !== `/files/${wheel.file}`) return void response.writeHead(404).end()
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0)
    const range = { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': content.length - from,
      ...(from > 0 ? range : {}),
    })
    const end = isFirst ? (cutAfter ?? content.length) : content.length
    isFirst = false
    if (end === content.length) return void response.end(content.subarray(from))
    // Time enough for the client to read it: what it has not read is lost with the connection.
    response.write(content.subarray(from, end), () => setTimeout(() => response.destroy(), 200))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    vi.unstubAllEnvs()
    server.closeAllConnections()
    server.close()
  })
  vi.stubEnv('LOBULE_PACKAGE_INDEX', `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple/`)
  return asked
}

const running = (signal = new AbortController().signal) => ({ signal, onProgress: vi.fn() })
const below = async (folder: string): Promise<string[]> =>
  existsSync(folder) ? (await readdir(folder, { recursive: true })).sort() : []

test('a back-end is downloaded, unpacked to what it needs, published, and removed without a trace', async () => {
  const asked = await serveIndex()
  const home = await temporaryFolder()
  const [download, unpack] = [running(), running()]
  await downloadBackend(home, set, download)
  expect(download.onProgress.mock.lastCall).toEqual([bytes.length, bytes.length])
  const staging = await unpackBackend(home, set, null, unpack)
  expect(unpack.onProgress.mock.lastCall).toEqual([library.length + 5, library.length + 5])
  expect(installedBackend(home, 'tensorflow')).toBeNull()
  await publishBackend(home, set, staging)
  expect(installedBackend(home, 'tensorflow')).toMatchObject({ device: 'processor', version: '1' })
  const folder = backendFolder(home, 'tensorflow')
  expect((await readFile(join(folder, 'made/lib/libmade.so.1'))).equals(library)).toBe(true)
  expect(await below(backendsFolder(home))).toEqual([
    'tensorflow',
    'tensorflow/installed.json',
    'tensorflow/made',
    'tensorflow/made/LICENSE',
    'tensorflow/made/lib',
    'tensorflow/made/lib/libmade.so.1',
  ])
  expect(asked).toEqual(['/simple/made-up/', `/files/${wheel.file}`])
  const record = (await readFile(join(folder, 'installed.json'))).length
  expect(await removeBackend(home, 'tensorflow')).toBe(library.length + 5 + record)
  expect(await below(home)).toEqual([])
  await expectRefusal(() => removeBackend(home, 'tensorflow'), 'backend.not-installed', /nothing was removed/)
})

test('an interrupted download is resumed, and a whole one is not repeated', async () => {
  const asked = await serveIndex({ cutAfter: 1000, asHtml: true })
  const home = await temporaryFolder()
  const fetching = () => downloadBackend(home, set, running())
  await expectRefusal(fetching, 'encoder.download-failed', /stopped after 1000 of \d+ bytes.*again to resume/)
  expect(await below(backendsFolder(home))).toEqual([
    'downloads',
    'downloads/tensorflow',
    `downloads/tensorflow/${wheel.file}.part`,
  ])
  await fetching()
  expect(asked.at(-1)).toBe(`/files/${wheel.file} bytes=1000-`)
  const count = asked.length
  await fetching()
  expect(asked.length).toBe(count)
  expect(await removeBackend(home, 'tensorflow')).toBe(bytes.length)
  expect(await below(home)).toEqual([])
})

test('what the index offers under the name of a wheel and is another file is refused and removed', async () => {
  const changed = Buffer.from(bytes)
  changed[100] = (changed[100] ?? 0) ^ 1
  await serveIndex({ content: changed })
  const home = await temporaryFolder()
  const fetching = () => downloadBackend(home, set, running())
  await expectRefusal(fetching, 'encoder.download-failed', /its sha256 is \w{64} instead of/)
  expect(await below(join(backendsFolder(home), 'downloads', 'tensorflow'))).toEqual([])
  await serveIndex({ content: Buffer.concat([bytes, Buffer.from('x')]) })
  await expectRefusal(fetching, 'encoder.download-failed', /offers \d+ bytes, more than the \d+/)
})

test('an index without the wheel, or that is not reached, is named', async () => {
  await serveIndex()
  const { signal } = new AbortController()
  const index = process.env['LOBULE_PACKAGE_INDEX'] ?? ''
  const ask = (about: { project: string; file: string }, at = index) => addressOfWheel(about, at, signal)
  await expectRefusal(() => ask({ project: 'none', file: 'x' }), 'encoder.download-failed', /answered 404/)
  await expectRefusal(
    () => ask({ project: 'made-up', file: 'made_up-2.whl' }),
    'encoder.download-failed',
    /does not have made_up-2/,
  )
  await expectRefusal(
    () => ask(wheel, 'http://127.0.0.1:1/simple'),
    'encoder.download-failed',
    /bad port|ECONNREFUSED/,
  )
})

test('an index that moved, has odd links, breaks off or never ends is followed or named', async () => {
  const link = `files/${wheel.file}`
  const endings: (() => void)[] = []
  const server = createServer(({ url = '' }, response) => {
    const html = (): unknown => response.writeHead(200, { 'content-type': 'text/html' })
    if (url === '/old/made-up/') return void response.writeHead(302, { location: '/new/made-up/' }).end()
    html()
    if (url === '/new/made-up/') return void response.end(`<a href="100%.whl">odd</a><a href="${link}">x</a>`)
    if (url === '/bad/made-up/') return void response.end(`<a href="http://[/${wheel.file}">x</a>`)
    if (url === '/cut/made-up/')
      return void response.write('<a', () => setTimeout(() => response.destroy(), 50))
    if (url === '/slow/made-up/') return void response.write('<a', () => endings.forEach((end) => end()))
    const more = (): void => {
      if (!response.destroyed) response.write(Buffer.alloc(2 ** 20, ' '), more)
    }
    more()
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const controller = new AbortController()
  const ask = (index: string) => addressOfWheel(wheel, `${origin}/${index}`, controller.signal)
  expect(await ask('old')).toBe(`${origin}/new/made-up/${link}`)
  await expectRefusal(() => ask('bad'), 'encoder.download-failed', /Invalid URL/)
  await expectRefusal(
    () => ask('cut'),
    'encoder.download-failed',
    /the connection to 127\.0\.0\.1:\d+ was cut/,
  )
  await expectRefusal(() => ask('endless'), 'encoder.download-failed', /larger than 33554432 bytes/)
  endings.push(() => controller.abort())
  await expectRefusal(() => ask('slow'), 'job.cancelled', /Cancelled/)
})

test('files that a person brings are checked and not changed', async () => {
  const [home, from] = [await temporaryFolder(), await temporaryFolder()]
  const unpack = () => unpackBackend(home, set, from, running())
  await expectRefusal(unpack, 'backend.refused', /does not have the file made_up-1/)
  await writeFile(join(from, wheel.file), bytes.subarray(0, -1))
  await expectRefusal(unpack, 'backend.refused', /has the sha256 \w{64} instead of/)
  expect(await below(backendsFolder(home))).toEqual([])
  await writeFile(join(from, wheel.file), bytes)
  await publishBackend(home, set, await unpack())
  expect((await readFile(join(from, wheel.file))).equals(bytes)).toBe(true)
  expect(installedBackend(home, 'tensorflow')).not.toBeNull()
})

test('a failure while unpacking leaves what was installed before and nothing else', async () => {
  const [home, from] = [await temporaryFolder(), await temporaryFolder()]
  await writeFile(join(from, wheel.file), bytes)
  await publishBackend(home, set, await unpackBackend(home, set, from, running()))
  const before = await below(backendsFolder(home))
  const withMembers = (members: (typeof wheel)['members']): BackendSet => ({
    ...set,
    version: '2',
    wheels: [{ ...wheel, members }],
  })
  const failing = [
    [[{ name: 'made/none.so', bytes: 1 }], /made\/none\.so: it is missing/],
    [[{ name: 'made/LICENSE', bytes: 6 }], /made\/LICENSE: it has 5 bytes instead of 6/],
  ] as const
  for (const [members, reason] of failing)
    await expectRefusal(
      () => unpackBackend(home, withMembers([...members]), from, running()),
      'backend.refused',
      reason,
    )
  const controller = new AbortController()
  const cancelled = { signal: controller.signal, onProgress: () => controller.abort() }
  await expectRefusal(() => unpackBackend(home, set, from, cancelled), 'job.cancelled', /Cancelled/)
  const tooLarge = withMembers([{ name: 'made/LICENSE', bytes: 2 ** 52 }])
  await expectRefusal(() => unpackBackend(home, tooLarge, from, running()), 'disk.full', /free/)
  await serveIndex()
  await expectRefusal(() => downloadBackend(home, tooLarge, running()), 'disk.full', /free/)
  expect(await below(backendsFolder(home))).toEqual(before)
  expect(installedBackend(home, 'tensorflow')).toMatchObject({ version: '1' })
})

test('the new one takes the place of the old one, and what a killed installation left is removed', async () => {
  const [home, from] = [await temporaryFolder(), await temporaryFolder()]
  await writeFile(join(from, wheel.file), bytes)
  await publishBackend(home, set, await unpackBackend(home, set, from, running()))
  await mkdir(join(backendsFolder(home), '.staging-killed', 'made'), { recursive: true })
  const next: BackendSet = {
    ...set,
    device: 'gpu',
    version: '2',
    wheels: [{ ...wheel, members: wheel.members.slice(1) }],
  }
  await publishBackend(home, next, await unpackBackend(home, next, from, running()))
  expect(installedBackend(home, 'tensorflow')).toMatchObject({ device: 'gpu', version: '2' })
  expect(await below(backendsFolder(home))).toEqual([
    'tensorflow',
    'tensorflow/installed.json',
    'tensorflow/made',
    'tensorflow/made/LICENSE',
  ])
})

test('an exchange that fails or is killed half-way leaves what was installed before', async () => {
  const [home, from] = [await temporaryFolder(), await temporaryFolder()]
  await writeFile(join(from, wheel.file), bytes)
  await publishBackend(home, set, await unpackBackend(home, set, from, running()))
  const before = await below(backendsFolder(home))
  const staging = await unpackBackend(home, { ...set, version: '2' }, from, running())
  stuck.add(staging)
  const publish = () => publishBackend(home, { ...set, version: '2' }, staging)
  await expectRefusal(publish, 'path.not-writable', /backends.tensorflow/)
  expect(installedBackend(home, 'tensorflow')).toMatchObject({ version: '1' })
  expect(await below(backendsFolder(home))).toEqual(before)
  // As a process leaves it that is killed between the two steps of the exchange.
  await rename(backendFolder(home, 'tensorflow'), join(backendsFolder(home), '.previous-tensorflow'))
  expect(installedBackend(home, 'tensorflow')).toBeNull()
  const empty = await temporaryFolder()
  const unpack = () => unpackBackend(home, set, empty, running())
  await expectRefusal(unpack, 'backend.refused', /does not have/)
  expect(installedBackend(home, 'tensorflow')).toMatchObject({ version: '1' })
  expect(await below(backendsFolder(home))).toEqual(before)
  // Killed after them: the new one stays.
  await mkdir(join(backendsFolder(home), '.previous-tensorflow'))
  await expectRefusal(unpack, 'backend.refused', /does not have/)
  expect(await below(backendsFolder(home))).toEqual(before)
})

test('every pinned set is whole: hashes, sizes, terms, and a licence among its files', () => {
  const sets = [
    requireSet('tensorflow', 'processor'),
    requireSet('tensorflow', 'gpu'),
    requireSet('cuda', 'gpu'),
  ]
  for (const { wheels } of sets) {
    for (const { file, sha256, bytes: size, members, licence } of wheels) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/)
      expect(file).toMatch(/^\w+-[\w.]+-[\w.-]+x86_64\.whl$/)
      expect(size).toBeGreaterThan(100_000)
      expect(licence).not.toBe('')
      expect(members.some(({ name }) => /licen[cs]e|notices/i.test(name))).toBe(true)
      // Nothing leaves the folder that it is unpacked into.
      for (const { name } of members) expect(name).toMatch(/^(?!.*\.\.)[\w.-]+(\/[\w.-]+)+$/)
    }
  }
  const files = sets.flatMap(({ wheels }) => wheels.map(({ file }) => file))
  expect(new Set(files).size).toBe(files.length)
})
