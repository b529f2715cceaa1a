import { existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import Database from 'better-sqlite3'
import { describe, expect, test, vi } from 'vitest'
import { targets } from '../../../electron/setup/package-targets.mjs'
import {
  cycloneDx,
  licenceExpression,
  npmPurl,
  shippedComponents,
  sourceDate,
  spdx,
  writeSupplyChain,
} from '../../../electron/setup/sbom.mjs'
import { inRoot } from '../../../electron/setup/shared.mjs'
import {
  importedPackages,
  parts,
  readLock,
  shippedPackages,
  type Lock,
} from '../../../electron/setup/third-party.mjs'
import { findings, openVex } from '../../../electron/setup/vulnerabilities.mjs'

const lock = readLock()
const imported = importedPackages()
const billOf = (system: 'linux' | 'windows', ofLock = lock) => ({
  ...{ name: 'lobule', version: '1.2.3', created: '2026-12-01T00:00:00Z' },
  components: shippedComponents(ofLock, imported, targets[system]),
})
const bill = billOf('linux')
const named = (name: string) => bill.components.find((component) => component.name === name)
const readJson = (...names: string[]): object => JSON.parse(readFileSync(inRoot(...names), 'utf8')) as object

/** The official schema, with the lists of licences and signatures that it refers to. */
function officialSchema() {
  const ajv = new Ajv({ strict: false, validateFormats: false })
  const schema = (name: string) =>
    readJson('node_modules/@cyclonedx/cyclonedx-library/res/schema', `${name}.SNAPSHOT.schema.json`)
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs'])
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`)
  return ajv.compile(schema('bom-1.6'))
}

describe('the bill of materials of an installer', () => {
  test.each(['linux', 'windows'] as const)(
    'for %s lists the shipped packages of that system, and no others',
    (system) => {
      const refs = billOf(system).components.map(({ ref }) => ref)
      const other = system === 'linux' ? 'win32' : 'linux'
      const shipped = shippedPackages(lock, imported)
      expect(refs).toEqual([...new Set(refs)])
      expect(shipped.filter((key) => lock[key]?.os === undefined).every((key) => refs.includes(key))).toBe(
        true,
      )
      expect(refs).toContain(`node_modules/@img/sharp-${system === 'linux' ? 'linux' : 'win32'}-x64`)
      expect(refs.filter((ref) => /@img\/sharp-(?!libvips)/.test(ref))).toHaveLength(1)
      expect(refs.some((ref) => ref.includes(`@img/sharp-${other}`))).toBe(false)
    },
  )

  test('what npm does not know is there, with version, place and change', () => {
    for (const { name } of parts) expect(named(name)).toBeDefined()
    expect(named('LightGBM')).toMatchObject({
      purl: 'pkg:pypi/lightgbm@4.6.0',
      place: 'inside the native addon',
    })
    expect(named('LightGBM')?.change).toContain('tree_learner.cpp')
    expect(named('LightGBM')?.contains).toContain('part/eigen')
    expect(named('better-sqlite3')?.contains).toContain('part/sqlite')
    expect(named('electron')?.contains).toEqual(['part/node-js', 'part/chromium'])
    expect(named('@fontsource-variable/inter')?.licence).toBe('OFL-1.1')
    expect(named('SQLite')?.cpe).toBe('cpe:2.3:a:sqlite:sqlite:3.54.1:*:*:*:*:*:*:*')
  })

  test('versions are those of the libraries that run', () => {
    const database = new Database(':memory:')
    expect(database.prepare('SELECT sqlite_version()').pluck().get()).toBe(named('SQLite')?.version)
    database.close()
    const hdf5 = readFileSync(inRoot('node_modules/h5wasm/dist/node/hdf5_util.js'), 'latin1')
    expect(hdf5).toContain(`HDF5 library version: ${named('HDF5')?.version ?? '?'}`)
    expect(readFileSync(inRoot('electron/setup/native.mjs'), 'utf8')).toContain(
      named('LightGBM')?.version ?? '?',
    )
  })

  test('the pinned files are those that the set-up fetches, with their hashes', () => {
    for (const { name, version = '', purl = '', bundled } of parts) {
      const file = bundled?.('linux', 'x64') ?? null
      if (file === null) continue
      expect(`${purl}==${version}`).toBe(`pkg:pypi/${file.requirement}`)
      expect(named(name)?.hash).toEqual({ algorithm: 'SHA-256', hex: file.fileSha256 })
    }
    const sun = shippedComponents(lock, imported, { os: 'sunos', cpu: 'x64', libc: null })
    expect(sun.some(({ name }) => name.startsWith('OpenSlide'))).toBe(false)
  })

  test("a package's hash is the lock's, in hexadecimal", () => {
    const small: Lock = {
      '': { dependencies: { '@a/b': '1' } },
      'node_modules/@a/b': { version: '1.0.0', license: 'MIT', integrity: 'sha512-AAEC/w==' },
    }
    const [component] = shippedComponents(small, [], targets.linux)
    expect(component).toMatchObject({
      ...{ name: '@a/b', purl: 'pkg:npm/%40a/b@1.0.0', place: 'node_modules/@a/b' },
      hash: { algorithm: 'SHA-512', hex: '000102ff' },
    })
    expect(npmPurl('zod', '4.0.0')).toBe('pkg:npm/zod@4.0.0')
  })

  test('words are no licence expression', () => {
    expect(licenceExpression('(MIT OR CC0-1.0)')).toBe('(MIT OR CC0-1.0)')
    for (const words of ['Public domain', 'MIT and others', 'SEE LICENSE IN LICENSE.txt', null])
      expect(licenceExpression(words)).toBeNull()
  })
})

describe('CycloneDX', () => {
  const isValid = officialSchema()

  test.each(['linux', 'windows'] as const)('is valid by the official schema for %s', (system) => {
    const document = cycloneDx(billOf(system))
    expect(isValid(document) ? [] : isValid.errors).toEqual([])
  })

  test('the schema refuses what is wrong', () => {
    const document = cycloneDx(bill)
    const [first, ...others] = document.components
    for (const change of [
      { name: undefined },
      { type: 'thing' },
      { hashes: [{ alg: 'SHA-512', content: 'x' }] },
    ])
      expect(isValid({ ...document, components: [{ ...first, ...change }, ...others] })).toBe(false)
  })

  test('each dependency leads to a component, and each component is reached', () => {
    const { components, dependencies } = cycloneDx(bill)
    const refs = new Set(components.map((component) => component['bom-ref']))
    const reached = dependencies.flatMap(({ dependsOn }) => dependsOn)
    expect(reached.filter((ref) => !refs.has(ref))).toEqual([])
    expect([...refs].filter((ref) => !reached.includes(ref))).toEqual([])
  })

  test('the same content has the same number, another content another', () => {
    expect(cycloneDx(billOf('linux'))).toEqual(cycloneDx(bill))
    expect(cycloneDx({ ...bill, version: '1.2.4' }).serialNumber).not.toBe(cycloneDx(bill).serialNumber)
    expect(cycloneDx(bill).serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  })
})

describe('SPDX', () => {
  const document = spdx(bill)

  test('says the same as CycloneDX', () => {
    const [own, ...packages] = document.packages
    expect(own).toMatchObject({ name: 'lobule', versionInfo: '1.2.3' })
    const of = ({ name, version }: { name: string; version?: string }) => `${name} ${version ?? '-'}`
    expect(
      packages.map(({ name, ...more }) => `${name} ${'versionInfo' in more ? more.versionInfo : '-'}`),
    ).toEqual(cycloneDx(bill).components.map(of))
  })

  test('has unique identifiers of the allowed characters, and relations between them', () => {
    const ids = document.packages.map(({ SPDXID }) => SPDXID)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^SPDXRef-[A-Za-z0-9.-]+$/)
    const known = new Set([...ids, 'SPDXRef-DOCUMENT'])
    for (const { spdxElementId, relatedSpdxElement } of document.relationships)
      expect([spdxElementId, relatedSpdxElement].filter((id) => !known.has(id))).toEqual([])
  })
})

describe('OpenVEX', () => {
  const document = openVex(bill)

  test('has a statement for each finding, with a reason for what does not affect', () => {
    // The libraries inside libvips are known only where its package is installed.
    const isInstalled = existsSync(inRoot('node_modules/@img/sharp-libvips-linux-x64'))
    const expected = findings.filter(({ component }) => isInstalled || component !== 'webp')
    expect(document.statements.map(({ vulnerability }) => vulnerability.name)).toEqual(
      expected.map(({ name }) => name),
    )
    for (const { status, ...statement } of document.statements)
      expect('justification' in statement).toBe(status === 'not_affected')
  })

  test('a component in another version has to be looked at again', () => {
    const components = bill.components.map((component) =>
      component.name === 'tar' ? { ...component, version: '7.5.13' } : component,
    )
    expect(() => openVex({ ...bill, components })).toThrow(/CVE-2026-23745 was looked at for tar 6\.2\.1/)
  })

  test.runIf(existsSync(inRoot('out/main')))('no file of tar is in the build', () => {
    const scripts = readdirSync(inRoot('out/main'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js'))
      .map((name) => readFileSync(inRoot('out/main', name), 'utf8'))
    expect(scripts.length).toBeGreaterThan(0)
    // The field of an entry that both vulnerabilities are about.
    expect(readFileSync(inRoot('node_modules/tar/dist/commonjs/unpack.js'), 'utf8')).toContain('linkpath')
    expect(scripts.filter((script) => script.includes('linkpath'))).toEqual([])
  })
})

test('the three documents are written, in the same bytes for the same sources', () => {
  // Where there is no git, the date would be that of each writing.
  vi.stubEnv('SOURCE_DATE_EPOCH', '1700000000')
  const write = (): string[] => {
    const folder = mkdtempSync(join(tmpdir(), 'lobule-sbom-'))
    writeSupplyChain(folder, targets.linux)
    return readdirSync(folder)
      .toSorted()
      .map((name) => `${name} ${readFileSync(join(folder, name), 'utf8')}`)
  }
  const written = write()
  expect(write()).toEqual(written)
  expect(written.map((text) => text.split(' ')[0])).toEqual([
    'lobule.cdx.json',
    'lobule.openvex.json',
    'lobule.spdx.json',
  ])
  vi.unstubAllEnvs()
  expect(sourceDate({ SOURCE_DATE_EPOCH: '1' })).toBe('1970-01-01T00:00:01Z')
  expect(sourceDate({})).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
})
