import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { icnsOf, icoOf } from '../../../electron/setup/icons.mjs'
import {
  formatOf,
  fusesOf,
  listedIn,
  packagesOf,
  problemsOf,
  readArchive,
  wantedFuses,
} from '../../../electron/setup/package-files.mjs'
import { hasSignature, signingParameters, unsignedFiles } from '../../../electron/setup/package-signing.mjs'
import { targets } from '../../../electron/setup/package-targets.mjs'
import { inRoot } from '../../../electron/setup/shared.mjs'
import { readLock } from '../../../electron/setup/third-party.mjs'
import { archiveOf } from './archive.ts'

/** A Windows library of 512 bytes for a processor, with a table of certificates of a size. */
function portableExecutable(machine = 0x8664, certificateBytes = 0): Buffer {
  const bytes = Buffer.alloc(512)
  bytes.write('MZ', 0, 'latin1')
  bytes.writeUInt32LE(0x80, 60)
  bytes.write('PE\0\0', 0x80, 'latin1')
  bytes.writeUInt16LE(machine, 0x84)
  bytes.writeUInt16LE(0x20b, 0x80 + 24)
  bytes.writeUInt32LE(certificateBytes, 0x80 + 24 + 112 + 4 * 8 + 4)
  return bytes
}

function elf(machine = 62): Buffer {
  const bytes = Buffer.alloc(64)
  bytes.writeUInt32BE(0x7f454c46, 0)
  bytes.writeUInt16LE(machine, 18)
  return bytes
}

const text = (content: string): Buffer => Buffer.from(content)

describe('the list of files', () => {
  const sources: Record<string, Buffer> = {
    'out/main/index.js': text('index'),
    'out/main/compute.js': text('compute'),
    'out/renderer/index.html': text('page'),
    'package.json': text('{"name":"lobule","version":"1.0.0","scripts":{}}'),
    'node_modules/zod/index.js': text('zod'),
    'node_modules/native/binding.node': elf(),
    'node_modules/development/index.js': text('not packed'),
    'README.md': text('not packed'),
  }
  const packages = { all: ['node_modules/native', 'node_modules/zod'], needed: ['node_modules/zod'] }
  const layout = (): Record<string, Buffer> => ({
    ...Object.fromEntries(
      Object.entries(sources).filter(([name]) => !/^(README|node_modules\/development)/.test(name)),
    ),
    'package.json': text('{"name":"lobule","version":"1.0.0"}'),
  })
  const beside = (): Record<string, Buffer> => ({
    'lobule-native.node': elf(),
    'LICENSE.lobule.txt': text('licence'),
    'THIRD-PARTY-NOTICES.txt': text('notices'),
    'supply-chain/lobule.cdx.json': text('{}'),
    'supply-chain/lobule.spdx.json': text('{}'),
    'supply-chain/lobule.openvex.json': text('{}'),
  })
  const check = (
    program: Record<string, Buffer>,
    besideIt = beside(),
    packed: string[] = [],
    listed = packages.all,
  ): string[] =>
    problemsOf(
      {
        program: Object.entries(program).map(([path, bytes]) => ({
          path,
          bytes,
          isPacked: packed.includes(path),
        })),
        besideIt: Object.entries(besideIt).map(([path, bytes]) => ({ path, bytes, isPacked: false })),
        packages,
        listed,
        sourceOf: (file) => sources[file] ?? null,
      },
      targets.linux,
    )

  test('a layout as it must be has no problem', () => {
    expect(check(layout())).toEqual([])
  })

  test.each([
    ['node_modules/development/index.js', 'belongs to no package'],
    ['README.md', 'belongs to no package'],
  ])('%s does not belong to it', (name, problem) => {
    const [first] = check({ ...layout(), [name]: sources[name] ?? text('') })
    expect(first).toMatch(new RegExp(`^${name.replaceAll('.', '\\.')} ${problem}`))
  })

  test('changed, invented and missing files are named', () => {
    expect(check({ ...layout(), 'node_modules/zod/index.js': text('zod!') })).toEqual([
      'node_modules/zod/index.js differs from its source',
    ])
    expect(check({ ...layout(), 'out/main/other.js': text('other') })).toEqual([
      'out/main/other.js has no source',
    ])
    expect(check({ ...layout(), 'package.json': text('{"name":"lobule","version":"2.0.0"}') })).toEqual([
      'package.json differs from its source',
    ])
    const { 'node_modules/zod/index.js': _, ...withoutZod } = layout()
    expect(check(withoutZod)).toEqual(['node_modules/zod is missing'])
    const { 'out/main/compute.js': __, ...withoutCompute } = layout()
    expect(check(withoutCompute)).toEqual(['out/main/compute.js is missing'])
    const { 'THIRD-PARTY-NOTICES.txt': ___, ...withoutNotices } = beside()
    expect(check(layout(), withoutNotices)).toEqual(['THIRD-PARTY-NOTICES.txt is missing'])
    expect(check(layout(), { ...beside(), 'extra.txt': text('') })).toEqual([
      'extra.txt is not on the list of files beside the archive',
    ])
  })

  test('each package is in the bill of materials', () => {
    const bill = { components: [{ 'bom-ref': 'node_modules/zod' }] }
    expect(check(layout(), beside(), [], listedIn(text(JSON.stringify(bill))))).toEqual([
      'node_modules/native is not in the bill of materials',
    ])
  })

  test('native files are of the target, and outside the archive', () => {
    const name = 'node_modules/native/binding.node'
    expect(check(layout(), beside(), [name])).toEqual([`${name} is native and inside the archive`])
    expect(check(layout(), { ...beside(), 'lobule-native.node': portableExecutable() })).toEqual([
      'lobule-native.node is pe x64, for another system',
    ])
    expect(check(layout(), { ...beside(), 'lobule-native.node': elf(183) })).toEqual([
      'lobule-native.node is elf other, for another system',
    ])
  })

  test.each([
    [elf(), 'elf x64'],
    [portableExecutable(), 'pe x64'],
    [portableExecutable(0xaa64), 'pe other'],
    [Buffer.concat([Buffer.from([0xcf, 0xfa, 0xed, 0xfe]), Buffer.alloc(80)]), 'mach-o'],
    [Buffer.alloc(100), null],
    [text('MZ'), null],
    [Buffer.alloc(0), null],
  ])('the format of a file is known by its first bytes', (bytes, format) => {
    expect(formatOf(bytes)).toBe(format)
  })
})

test('the lock file gives each target its own natives, and nothing for development', () => {
  const lock = readLock()
  const linux = packagesOf(lock, targets.linux)
  const windows = packagesOf(lock, targets.windows)
  expect(linux.needed).toContain('node_modules/@img/sharp-linux-x64')
  expect(windows.needed).toContain('node_modules/@img/sharp-win32-x64')
  expect(windows.all.filter((name) => /linux|darwin|musl/.test(name))).toEqual([])
  expect(linux.all.filter((name) => /win32|darwin|musl|arm64/.test(name))).toEqual([])
  for (const { all, needed } of [linux, windows]) {
    expect(needed).toContain('node_modules/onnxruntime-node')
    expect(all).not.toContain('node_modules/electron')
    expect(needed.filter((name) => !all.includes(name))).toEqual([])
  }
})

test('an archive is read, and a changed file in it is found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lobule-archive-'))
  mkdirSync(join(folder, 'native'))
  writeFileSync(join(folder, 'native', 'b.node'), 'native')
  const hashOf = (content: string): object => ({
    integrity: { hash: createHash('sha256').update(content).digest('hex') },
  })
  const entries = {
    'a.txt': { size: 5, offset: '0', ...hashOf('first') },
    native: { files: { 'b.node': { size: 6, unpacked: true, ...hashOf('native') } } },
    'c.txt': { size: 6, offset: '5', ...hashOf('second') },
  }
  const archive = archiveOf(entries, 'firstsecond')
  const files = readArchive(archive, folder).map(({ path, bytes, isPacked }) => [
    path,
    bytes.toString(),
    isPacked,
  ])
  expect(files).toEqual([
    ['a.txt', 'first', true],
    ['native/b.node', 'native', false],
    ['c.txt', 'second', true],
  ])
  archive.write('S', archive.length - 6)
  expect(() => readArchive(archive, folder)).toThrow('c.txt differs from its hash')
})

test('the fuses that the check wants are those of the configuration', () => {
  const settings = readFileSync(inRoot('electron-builder.yml'), 'utf8')
  const fuses = [
    'runAsNode',
    'enableCookieEncryption',
    'enableNodeOptionsEnvironmentVariable',
    'enableNodeCliInspectArguments',
    'enableEmbeddedAsarIntegrityValidation',
    'onlyLoadAppFromAsar',
    'loadBrowserProcessSpecificV8Snapshot',
    'grantFileProtocolExtraPrivileges',
  ]
  const states = fuses.map((fuse) => (settings.includes(`  ${fuse}: true\n`) ? '1' : '0')).join('')
  expect(states).toBe(wantedFuses)
  for (const fuse of fuses) expect(settings).toMatch(new RegExp(`^  ${fuse}: (true|false)$`, 'm'))
  const wire = Buffer.concat([text('code SENTINEL'), Buffer.from([1, 3]), text('010 more code')])
  expect(fusesOf(wire, 'SENTINEL')).toBe('010')
  expect(fusesOf(text('none'), 'SENTINEL')).toBe('')
})

describe('signing', () => {
  const azure = {
    LOBULE_AZURE_ENDPOINT: 'https://example.invalid',
    LOBULE_AZURE_ACCOUNT: 'account',
    LOBULE_AZURE_PROFILE: 'profile',
    LOBULE_AZURE_PUBLISHER: 'publisher',
    AZURE_TENANT_ID: 't',
    AZURE_CLIENT_ID: 'c',
  }
  const apple = { APPLE_API_KEY: 'k', APPLE_API_KEY_ID: 'i', APPLE_API_ISSUER: 's' }

  test('without a key, nothing is signed', () => {
    for (const platform of ['win32', 'darwin', 'linux'] as const)
      expect(signingParameters(platform, {})).toBeNull()
    expect(signingParameters('win32', { WIN_CSC_LINK: '' })).toBeNull()
  })

  test.each([
    ['win32', azure, 'Artifact Signing'],
    ['win32', { WIN_CSC_LINK: 'a.pfx', WIN_CSC_KEY_PASSWORD: 'p' }, 'a PFX file'],
    ['win32', { CSC_LINK: 'a.pfx', CSC_KEY_PASSWORD: 'p' }, 'a PFX file'],
    ['darwin', { CSC_NAME: 'n', ...apple }, 'Developer ID, with notarisation'],
  ] as const)('with a key on %s, an unsigned file fails the build', (platform, environment, title) => {
    const signing = signingParameters(platform, environment)
    expect(signing?.title).toBe(title)
    expect(signing?.parameters).toContain('-c.forceCodeSigning=true')
  })

  test.each([
    ['win32', { LOBULE_AZURE_ACCOUNT: 'a' }, 'LOBULE_AZURE_ENDPOINT'],
    ['win32', { WIN_CSC_LINK: 'a.pfx' }, 'CSC_KEY_PASSWORD'],
    ['darwin', { CSC_LINK: 'a.p12' }, 'APPLE_API_KEY, APPLE_API_KEY_ID, APPLE_API_ISSUER'],
  ] as const)('half of what signing needs on %s is refused', (platform, environment, name) => {
    expect(() => signingParameters(platform, environment)).toThrow(name)
  })

  test('a file without a signature is found, a signed one and a text are not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lobule-signed-'))
    expect(hasSignature(portableExecutable(0x8664, 8))).toBe(true)
    expect(hasSignature(text('no executable'))).toBeNull()
    writeFileSync(join(folder, 'signed.exe'), portableExecutable(0x8664, 8))
    writeFileSync(join(folder, 'unsigned.node'), portableExecutable())
    writeFileSync(join(folder, 'script.node'), 'text')
    writeFileSync(join(folder, 'unsigned.msi'), 'compound file')
    writeFileSync(join(folder, 'signed.msi'), Buffer.from('..\u0005DigitalSignature', 'utf16le'))
    expect(unsignedFiles(folder)).toEqual(['unsigned.msi', 'unsigned.node'])
  })
})

describe('icons', () => {
  const picture = (size: number): { size: number; png: Buffer; rgba: Buffer } => ({
    size,
    png: text(`png${size}`),
    rgba: Buffer.from(Array.from({ length: size * size }, (_, at) => [at, 10, 20, 255]).flat()),
  })

  test('an ICO has small pictures as bitmaps from the bottom row up, the largest as PNG', () => {
    const ico = icoOf([picture(2), picture(256)])
    expect(ico.readUInt16LE(4)).toBe(2)
    expect([ico[6], ico[6 + 16]]).toEqual([2, 0])
    const [offset, next] = [ico.readUInt32LE(6 + 12), ico.readUInt32LE(6 + 16 + 12)]
    expect(ico.readInt32LE(offset + 8)).toBe(4)
    // Blue, green, red, alpha of the pixel at the left of the lower row, the third of the picture.
    expect([...ico.subarray(offset + 40, offset + 44)]).toEqual([20, 10, 2, 255])
    expect(ico.readUInt32LE(6 + 8)).toBe(40 + 16 + 8)
    expect(ico.subarray(next).toString()).toBe('png256')
  })

  test('an ICNS has each picture with its type and size', () => {
    const icns = icnsOf([
      { type: 'ic07', png: text('abc') },
      { type: 'ic08', png: text('defg') },
    ])
    expect(icns.toString('latin1', 0, 4)).toBe('icns')
    expect(icns.readUInt32BE(4)).toBe(icns.length)
    expect(icns.toString('latin1', 8, 12)).toBe('ic07')
    expect(icns.readUInt32BE(12)).toBe(11)
    expect(icns.toString('latin1', 19, 23)).toBe('ic08')
  })
})
