import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { noticesFile, noticesText } from '../../../electron/setup/notices-text.mjs'
import { inRoot } from '../../../electron/setup/shared.mjs'
import {
  identifiers,
  importedPackages,
  noticeOf,
  parts,
  readLock,
  shippedPackages,
  tidy,
  type Lock,
} from '../../../electron/setup/third-party.mjs'

const read = (...names: string[]): string => readFileSync(inRoot(...names), 'utf8')

describe('which packages an installer ships', () => {
  const lock: Lock = {
    '': { dependencies: { store: '1' }, devDependencies: { kit: '1', linter: '1', electron: '1' } },
    'node_modules/store': { dependencies: { shared: '1' }, optionalDependencies: { 'store-win32': '1' } },
    'node_modules/store/node_modules/shared': { dependencies: { deep: '1' } },
    'node_modules/store-win32': { os: ['win32'] },
    'node_modules/shared': {},
    'node_modules/deep': { optionalDependencies: { wasm: '1', bsd: '1' } },
    'node_modules/wasm': { cpu: ['wasm32'] },
    'node_modules/bsd': { os: ['freebsd'] },
    'node_modules/kit': { dependencies: { shared: '1' } },
    'node_modules/linter': { dependencies: { parser: '1' } },
    'node_modules/parser': {},
    'node_modules/electron': { dependencies: { fetcher: '1' } },
    'node_modules/fetcher': {},
  }

  test('production dependencies, nested ones and those of other platforms included', () => {
    expect(shippedPackages(lock, [])).toEqual([
      'node_modules/deep',
      'node_modules/store',
      'node_modules/store-win32',
      'node_modules/store/node_modules/shared',
    ])
  })

  test('imported packages are included; development packages are not', () => {
    const shipped = shippedPackages(lock, ['kit', 'electron', 'fs'])
    expect(shipped).toContain('node_modules/kit')
    expect(shipped).toContain('node_modules/shared')
    expect(shipped).toContain('node_modules/electron')
    expect(shipped).not.toContain('node_modules/linter')
    expect(shipped).not.toContain('node_modules/fetcher')
  })

  test('imports of the page and of the application are found', () => {
    const imported = importedPackages()
    for (const name of [
      'svelte',
      'bits-ui',
      'openseadragon',
      '@fontsource-variable/inter',
      'better-sqlite3',
      'zod',
      'electron',
    ])
      expect(imported).toContain(name)
    expect(imported).not.toContain('vitest')
  })
})

describe('a notice', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lobule-notices-'))
  const inFolder = (name: string): string => join(folder, name)
  const install = (name: string, files: Record<string, string>): void => {
    mkdirSync(inFolder(name))
    for (const [file, text] of Object.entries(files)) writeFileSync(join(inFolder(name), file), text)
  }

  test('contains the texts of the package', () => {
    install('a', { 'LICENSE.md': 'Free. \r\n', NOTICE: 'By A.\n', 'index.js': '' })
    expect(noticeOf('a', { version: '1.2.3', license: 'MIT' }, inFolder).texts).toEqual(['Free.', 'By A.'])
  })

  test('a package without a text needs a standard licence', () => {
    install('b', { 'README.md': 'MIT' })
    expect(noticeOf('b', { license: '(MIT OR Apache-2.0)' }, inFolder).texts).toEqual([])
    expect(() => noticeOf('b', { license: 'Our own' }, inFolder)).toThrow(/^b has no licence file.*"Our own"/)
    expect(() => noticeOf('b', {}, inFolder)).toThrow(/no licence file/)
  })

  test('a platform package is recognised by its identifiers, and a missing package is an error', () => {
    expect(noticeOf('c', { os: ['win32'], license: 'LGPL-3.0-or-later' }, inFolder).texts).toEqual([])
    expect(() => noticeOf('c', { license: 'MIT' }, inFolder)).toThrow('c is not installed.')
  })
})

describe('the notices of this version', () => {
  test('are those of package-lock.json (else: npm run notices)', () => {
    expect(readFileSync(noticesFile, 'utf8') === noticesText()).toBe(true)
  })

  test('name each production dependency and each other part', () => {
    const text = readFileSync(noticesFile, 'utf8')
    const lock = readLock()
    for (const name of Object.keys(lock['']?.dependencies ?? {}))
      expect(text).toContain(`\n${name} ${lock[`node_modules/${name}`]?.version ?? ''} - `)
    for (const name of [
      'LightGBM',
      'fmt',
      'Eigen',
      'SQLite',
      'ONNX Runtime',
      'libvips',
      'HDF5',
      'OpenSeadragon',
    ])
      expect(text).toContain(name)
  })

  test('the texts of other parts belong to the versions in the lock file', () => {
    for (const { of, version, name } of parts)
      if (of !== undefined) expect([name, readLock()[`node_modules/${of}`]?.version]).toEqual([name, version])
  })

  test('each part and each standard licence has its text', () => {
    for (const { file } of parts)
      if (file !== null) expect(read('resources', 'licences', file).length).toBeGreaterThan(100)
    expect(identifiers(parts.find(({ file }) => file === 'libvips.txt')?.licence ?? '')).toContain('MPL-1.1')
  })

  test.runIf(existsSync(inRoot('node_modules/@img/sharp-libvips-linux-x64')))(
    "libvips' parts are those that its package lists",
    () => {
      const listed = tidy(read('node_modules/@img/sharp-libvips-linux-x64/README.md'))
      expect(listed).toContain(tidy(read('resources/licences/libvips.txt')))
    },
  )

  test('an installer contains them beside the program', () => {
    expect(read('electron-builder.yml')).toMatch(
      /from: resources\/licences\/THIRD-PARTY-NOTICES\.txt\n\s+to: THIRD-PARTY-NOTICES\.txt/,
    )
  })
})
