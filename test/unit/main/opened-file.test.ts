import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { backupEndings, packageEndings } from '../../../electron/contract/index.ts'
import { addressOfFile, fileParameter, openedFile } from '../../../electron/main/opened-file.ts'
import { inRoot } from '../../../electron/setup/shared.mjs'

test.each([
  ['/data/model.zip', 'package'],
  ['/data/model.Lobule-Model', 'package'],
  ['/data/study.tar', 'backup'],
  ['/data/study.lobule-backup', 'backup'],
  ['/data/image.tif', null],
  ['/data/zip', null],
])('%s is a %s', (path, kind) => {
  expect(openedFile(path, '/home')).toEqual(kind === null ? null : { kind, path })
})

test.each([
  [['a.zip'], resolve('/home/a.zip')],
  [['--no-sandbox', '/b.zip'], '/b.zip'],
  [['--workspace', '/w.zip'], null],
  [['--workspace', '/w', '/b.zip'], '/b.zip'],
  [['--x.zip'], null],
  [[], null],
])('of the parameters %j, %s is opened', (parameters, path) => {
  expect(fileParameter(parameters, '/home')?.path ?? null).toBe(path)
})

test('a path reaches the page whole', () => {
  const path = '/data/Nr. 7 ? #1 & 100 %/µ.zip'
  const address = new URL(addressOfFile({ kind: 'package', path }))
  expect(address.hash.startsWith('#/open/package?')).toBe(true)
  expect(decodeURIComponent(address.hash.slice('#/open/package?'.length))).toBe(path)
})

test('the installers associate the endings that are only of Lobule', () => {
  const text = readFileSync(inRoot('electron-builder.yml'), 'utf8')
  const associated = [...text.matchAll(/^ {2}- ext: (\S+)$/gm)].map((match) => `.${match[1] ?? ''}`)
  expect(associated).toEqual([packageEndings.at(-1), backupEndings.at(-1)])
})
