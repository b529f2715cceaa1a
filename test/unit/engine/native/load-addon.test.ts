import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { findAddon } from '../../../../electron/engine/native/load-addon.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-addon-'))
  vi.stubEnv('LOBULE_NATIVE_ADDON', join(root, 'other.node'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  Reflect.deleteProperty(process, 'resourcesPath')
  rmSync(root, { recursive: true })
})

it('takes the addon that the environment names, but not in the packaged program', () => {
  expect(findAddon()).toBe(join(root, 'other.node'))
  // Electron has resources of its own while developing.
  mkdirSync(join(root, 'resources'))
  Object.assign(process, { resourcesPath: join(root, 'resources') })
  expect(findAddon()).toBe(join(root, 'other.node'))
  writeFileSync(join(root, 'resources', 'lobule-native.node'), '')
  expect(findAddon()).toBe(join(root, 'resources', 'lobule-native.node'))
})
