import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { findAbove } from '../../../../electron/base/find-above.ts'
import { bundledFile } from '../../../../electron/engine/encoders/bundled-file.ts'
import { inRoot } from '../../../../electron/setup/shared.mjs'

const name = 'made-up.pth'
let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-bundled-'))
  vi.stubEnv('LOBULE_BUNDLED_ENCODERS', undefined)
})
afterEach(() => {
  Reflect.deleteProperty(process, 'resourcesPath')
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true, force: true })
})

function place(...folders: string[]): string {
  mkdirSync(join(root, ...folders), { recursive: true })
  const path = join(root, ...folders, name)
  writeFileSync(path, '')
  return path
}

test('the packaged program has it beside its resources, where electron-builder puts it', () => {
  Object.assign(process, { resourcesPath: join(root, 'resources') })
  expect(bundledFile(name)).toBeNull()
  const path = place('resources', 'bundled-encoders')
  expect(bundledFile(name)).toBe(path)
  const packed = readFileSync(inRoot('electron-builder.yml'), 'utf8')
  expect(packed).toMatch(/- from: resources\/bundled-encoders\s+to: bundled-encoders\s/)
  // The list of what the archive has names folders one by one: the weights are not in it a second time.
  const [, archived = ''] = /^files:\n((?: {2}.*\n)+)/m.exec(packed) ?? []
  expect(archived).toContain('- resources/encoders/**')
  expect(archived).not.toMatch(/- (?:resources\/(?:\*|bundled)|\*)/)
})

test('a folder that is named counts alone; an empty name means none', () => {
  Object.assign(process, { resourcesPath: join(root, 'resources') })
  place('resources', 'bundled-encoders')
  vi.stubEnv('LOBULE_BUNDLED_ENCODERS', join(root, 'own'))
  expect(bundledFile(name)).toBeNull()
  const path = place('own')
  expect(bundledFile(name)).toBe(path)
  vi.stubEnv('LOBULE_BUNDLED_ENCODERS', '')
  expect(bundledFile(name)).toBeNull()
})

test('a program that runs from its sources or its build finds it in the nearest folder above', () => {
  const path = place('resources')
  expect(findAbove(join(root, 'out', 'main', 'chunks'), join('resources', name))).toBe(path)
  expect(findAbove(join(root, 'out'), join('elsewhere', name))).toBeNull()
})
