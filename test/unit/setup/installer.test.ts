import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { loadParts } from '../../../electron/engine/encoders/tensorflow.ts'
import { inRoot } from '../../../electron/setup/shared.mjs'
import { readLock, shippedPackages } from '../../../electron/setup/third-party.mjs'

const read = (name: string): string => readFileSync(inRoot(...name.split('/')), 'utf8')

/** The dependencies, with those of TensorFlow and without. */
const lock = readLock()
const all = shippedPackages(lock, [])
const needed = new Set(shippedPackages({ ...lock, '': { ...lock[''], optionalDependencies: {} } }, []))

/** Folders that electron-builder leaves out of installers. */
const leftOut = [...read('electron-builder.yml').matchAll(/^ {2}- '!(node_modules\/\S+)\/\*\*'$/gm)].map(
  ([, folder = '']) => `${folder}/`,
)
const isLeftOut = (name: string): boolean => leftOut.some((folder) => `${name}/`.startsWith(folder))

test('an installer has nothing of TensorFlow, whose native part is not in it, and all that the program needs', () => {
  expect(all.length).toBeGreaterThan(needed.size + 100)
  expect(all.filter((name) => !needed.has(name) && !isLeftOut(name))).toEqual([])
  expect([...needed].filter(isLeftOut)).toEqual([])
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

test('TensorFlow is loaded without the programs that install and download it', () => {
  const { cache } = createRequire(import.meta.url)
  const before = new Set(Object.keys(cache))
  const tf = loadParts(() => ({}))
  expect(tf.findBackendFactory('tensorflow')).toBeTypeOf('function')
  tf.removeBackend('tensorflow')
  const loaded = Object.keys(cache).filter((file) => !before.has(file))
  expect(loaded.length).toBeGreaterThan(100)
  const installers = loaded.filter((file) =>
    /node_modules[/\\](@mapbox|tar|node-fetch|core-js|adm-zip|rimraf|https-proxy-agent|progress)[/\\]/.test(
      file,
    ),
  )
  expect(installers).toEqual([])
})
