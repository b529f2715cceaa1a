import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { arm64Tools } from '../../../electron/setup/arm64-machine.mjs'
import { arm64, suites } from '../../../electron/setup/arm64-suites.mjs'
import { inRoot } from '../../../electron/setup/shared.mjs'
import { installCommands } from '../../../electron/setup/system-tools.mjs'

it('names the Debian packages that it needs', () => {
  expect(installCommands(arm64Tools, 'apt')).toEqual([
    'sudo apt-get install -y qemu-user libstdc++6-arm64-cross libgcc-s1-arm64-cross libc6-arm64-cross',
  ])
})

it('has the toolchain that the addon is built by, and runs only tests that exist', () => {
  expect(existsSync(inRoot('native/cmake/toolchains/linux-arm64-release.cmake'))).toBe(true)
  const paths = suites.flatMap(({ run }) => (typeof run === 'function' ? [] : run))
  const named = [...paths.filter((path) => path.startsWith('test/')), ...arm64.known.map(({ test }) => test)]
  expect(named.map((name) => name.split(' > ')[0] ?? '').filter((name) => !existsSync(inRoot(name)))).toEqual(
    [],
  )
})
