import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { addonOf, isNativeFresh, takeFreshAddon } from '../../../electron/setup/native.mjs'
import { chosenSuites, sorted, tableOf } from '../../../electron/setup/machine-suites.mjs'
import { nodeVersion } from '../../../electron/setup/other-machine.mjs'
import { installCommands } from '../../../electron/setup/system-tools.mjs'
import { windowsTools } from '../../../electron/setup/windows-machine.mjs'
import { known, quickSuite, suites } from '../../../electron/setup/windows-suites.mjs'

const root = join(import.meta.dirname, '..', '..', '..')
const isHere = (path: string): boolean => existsSync(join(root, path))

it('names the Debian packages that it needs', () => {
  expect(installCommands(windowsTools, 'apt')).toEqual([
    'sudo apt-get install -y wine wine64 g++-mingw-w64-x86-64-posix',
  ])
})

it('fetches the Node of the project', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>
  }
  expect(nodeVersion).toBe(devDependencies['node'])
})

it('has every toolchain that the addon is built by', () => {
  expect(isHere('native/cmake/toolchains/windows-x64.cmake')).toBe(true)
})

it('takes an addon that another checkout built, only of the same sources and once', async ({ skip }) => {
  if (!(await isNativeFresh(addonOf()))) skip('the addon of this checkout is not built')
  const folder = mkdtempSync(join(tmpdir(), 'lobule-addon-'))
  try {
    const [kept, mine] = [join(folder, 'kept', 'addon.node'), join(folder, 'mine', 'addon.node')]
    await takeFreshAddon(addonOf(), kept)
    expect(readFileSync(kept).equals(readFileSync(addonOf()))).toBe(true)
    await takeFreshAddon(kept, mine)
    expect(await isNativeFresh(mine)).toBe(true)
    // A fresh one stays, whatever the other is.
    writeFileSync(mine, 'of this checkout')
    await takeFreshAddon(kept, mine)
    expect(readFileSync(mine, 'utf8')).toBe('of this checkout')
    // One of other sources is neither kept nor taken.
    writeFileSync(`${kept}.stamp`, 'other sources')
    writeFileSync(`${mine}.stamp`, 'other sources')
    await takeFreshAddon(kept, mine)
    expect(readFileSync(mine, 'utf8')).toBe('of this checkout')
    await takeFreshAddon(addonOf(), mine)
    expect(readFileSync(mine).equals(readFileSync(addonOf()))).toBe(true)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

it('runs only tests that exist', () => {
  const paths = [...suites, quickSuite].flatMap(({ run }) => (typeof run === 'function' ? [] : run))
  const missing = paths.filter((path) => path.startsWith('test/') && !isHere(path))
  expect(missing).toEqual([])
})

it('gives each known failure its reason, in a test that exists', () => {
  for (const { test, reason } of known) {
    const [file = ''] = test.split(' > ')
    expect(isHere(file), file).toBe(true)
    expect(reason, test).toMatch(/^[A-Z].{20,}\.$|^wine .{20,}\.$/)
  }
})

it('runs what is named, everything by default, and refuses what is neither', () => {
  const chosen = (...names: string[]) => chosenSuites(names, suites, quickSuite)
  expect(chosen()).toBe(suites)
  expect(chosen('store', 'native').map(({ name }) => name)).toEqual(['store', 'native'])
  expect(chosen('test/unit/base', 'store').map(({ run }) => run)).toEqual([
    ['--project', 'store'],
    ['test/unit/base'],
  ])
  expect(chosen('--quick')).toEqual([quickSuite])
  expect(() => chosen('--quick', 'store')).toThrow('"--quick" is neither a suite')
  expect(() => chosenSuites(['--quick'], suites)).toThrow('"--quick" is neither a suite')
  expect(() => chosen('stores')).toThrow('"stores" is neither a suite (exchange, native, store')
  expect(() => chosen('test/unit/none.test.ts')).toThrow('There is no test/unit/none.test.ts.')
})

it('keeps known failures apart and hides none', () => {
  const [first] = known
  const failures = [`${first?.test ?? 'none'} > a: b`, 'test/unit/other.test.ts > a: b']
  const result = sorted({ passed: 7, failed: 2, skipped: [], failures }, known)
  expect(result.failures).toEqual(first === undefined ? failures : [failures[1]])
  expect(result.known).toEqual(first === undefined ? [] : [`${failures[0]}\n    ${first.reason}`])
  expect(tableOf([{ name: 'unit', ...result, minutes: 1.25 }])).toContain(
    `| unit | 7 | ${result.failures.length} | ${result.known.length} | 0 | 1.3 |`,
  )
})
