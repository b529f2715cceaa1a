import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { inRoot } from '../../../electron/setup/shared.mjs'
import { readLock } from '../../../electron/setup/third-party.mjs'

const read = (name: string): string => readFileSync(inRoot(...name.split('/')), 'utf8')

const lock = readLock()

test('an installer holds the packages that run, and none of the 300 MB that TensorFlow is built from', () => {
  // electron-builder packs what the lock file does not mark as for development; the rest is in the bundle.
  const packed = Object.entries(lock).filter(([name, { dev }]) => name !== '' && dev !== true)
  const names = packed.map(([name]) => name)
  expect(names).toContain('node_modules/onnxruntime-node')
  expect(names.filter((name) => /tensorflow|node-pre-gyp|google-protobuf|core-js/.test(name))).toEqual([])
  expect(read('electron-builder.yml')).toMatch(
    /from: native\/build\/package\/tensorflow\n {4}to: tensorflow\n/,
  )
})

test('no package runs a script when it is installed, but the one that fetches Node', () => {
  const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Record<string, boolean> }
  const allowed = Object.entries(allowScripts).filter(([, isAllowed]) => isAllowed)
  expect(allowed).toEqual([['node', true]])
  const withScripts = Object.entries(lock).filter(([, entry]) => 'hasInstallScript' in entry)
  for (const [name] of withScripts)
    expect(allowScripts[name.replace(/^.*node_modules\//, '')], name).toBeDefined()
  expect(read('electron/setup/dependencies.mjs')).toContain("'--ignore-scripts'")
})

test('TensorFlow is loaded without the programs that install and download it', async () => {
  const { cache } = createRequire(import.meta.url)
  const before = new Set(Object.keys(cache))
  await import('../../../electron/engine/encoders/tensorflow-kernels.ts')
  const loaded = Object.keys(cache).filter((file) => !before.has(file))
  expect(loaded.length).toBeGreaterThan(100)
  const installers = loaded.filter((file) =>
    /node_modules[/\\](@mapbox|tar|node-fetch|core-js|adm-zip|rimraf|https-proxy-agent|progress)[/\\]/.test(
      file,
    ),
  )
  expect(installers).toEqual([])
})
