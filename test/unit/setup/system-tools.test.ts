import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { installedElectron, windowObstacle } from '../../../electron/setup/electron-binary.mjs'
import { findProgram } from '../../../electron/setup/shared.mjs'
import {
  buildTools,
  canInstall,
  distribution,
  distributionIds,
  ensureTools,
  installCommands,
  managerOf,
  takeInstall,
  type Tool,
} from '../../../electron/setup/system-tools.mjs'

describe('which package manager', () => {
  const debian = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nID=debian\n'
  const mint = 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"\n'

  test('the distribution is read from os-release', () => {
    expect(distributionIds(debian)).toEqual(['debian'])
    expect(distributionIds(mint)).toEqual(['linuxmint', 'ubuntu', 'debian'])
    expect(distributionIds('')).toEqual([])
  })

  test.each([
    ['linux', ['debian'], 'apt'],
    ['linux', ['rocky', 'rhel', 'centos', 'fedora'], 'dnf'],
    ['linux', ['arch'], 'pacman'],
    ['linux', [], 'apt'],
    ['darwin', [], 'brew'],
    ['win32', [], 'winget'],
  ] as const)('%s %j: %s', (platform, ids, manager) => {
    expect(managerOf(platform, ids)).toBe(manager)
  })
})

test('the instructions fit each platform', () => {
  expect(installCommands(buildTools, 'apt')).toEqual([
    'sudo apt-get install -y python3 python3-pip cmake g++ ninja-build',
  ])
  expect(installCommands(buildTools, 'brew')).toEqual([
    'xcode-select --install',
    'brew install python cmake ninja',
  ])
  expect(installCommands(buildTools, 'winget')).toEqual([
    'winget install Python.Python.3.13',
    'winget install Kitware.CMake',
    expect.stringMatching(/^winget install Microsoft\.VisualStudio\.2022\.BuildTools .*VCTools/),
  ])
})

test('present tools are not touched; nothing is printed', async () => {
  const said: string[] = []
  await ensureTools(
    buildTools.map((tool) => ({ ...tool, isThere: () => true })),
    (line) => said.push(line),
    true,
  )
  expect(said).toEqual([])
})

describe('system packages', () => {
  test.each([
    [[], {}, false],
    [[], { CI: 'true' }, true],
    [[], { CI: 'false' }, false],
    [['--install'], {}, true],
    [['--install', '--only', 'types'], {}, true],
  ] as const)('arguments %j in the environment %j: installed %s', (parameters, environment, install) => {
    expect(takeInstall(parameters, environment)).toEqual({
      install,
      rest: parameters.filter((parameter) => parameter !== '--install'),
    })
  })

  test('only root installs, and only with apt-get', () => {
    expect(canInstall('apt', 1000)).toBe(false)
    expect(canInstall('apt', undefined)).toBe(false)
    expect(canInstall('brew', 0)).toBe(false)
    expect(canInstall('dnf', 0)).toBe(false)
  })

  describe.skipIf(process.platform === 'win32')('with an apt-get that writes down what it is asked', () => {
    let folder: string
    let asked: string
    const tool: Tool = {
      name: 'a tool',
      use: 'nothing needs it',
      isThere: () => existsSync(asked),
      packages: { apt: 'tool-of-apt', dnf: 'd', pacman: 'p', brew: 'b', winget: 'w' },
    }

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'lobule-apt-'))
      asked = join(folder, 'asked')
      writeFileSync(join(folder, 'apt-get'), `#!/bin/sh\necho "$*" >> '${asked}'\n`, { mode: 0o755 })
      vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`)
    })
    afterEach(() => vi.unstubAllEnvs())

    test('not even root installs anything without --install; the message gives the command', async () => {
      const refusal = ensureTools([tool], () => undefined, false)
      await expect(refusal).rejects.toThrow(/does not have:\n {2}a tool \(nothing needs it\)\nInstall/)
      expect(existsSync(asked)).toBe(false)
    })

    test.runIf(process.getuid?.() === 0 && managerOf(process.platform, distribution()) === 'apt')(
      'root is shown --install, and with it the packages are installed',
      async () => {
        await expect(ensureTools([tool], () => undefined, false)).rejects.toThrow(/setup -- --install$/)
        await ensureTools([tool], () => undefined, true)
        expect(readFileSync(asked, 'utf8')).toBe(
          'update -q\ninstall -y -q --no-install-recommends tool-of-apt\n',
        )
      },
    )
  })
})

test('a program is found on the PATH only if it is executable', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lobule-path-'))
  const program = join(folder, process.platform === 'win32' ? 'tool.exe' : 'tool')
  mkdirSync(join(folder, 'folder'))
  writeFileSync(program, '')
  chmodSync(program, 0o755)
  const environment = { PATH: folder }
  expect(findProgram(['none', 'tool'], environment)).toBe(program)
  expect(findProgram(['folder'], environment)).toBeNull()
  expect(findProgram(['tool'], {})).toBeNull()
})

test('Electron counts as present only with its binary', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lobule-electron-'))
  expect(installedElectron(folder)).toBeNull()
  writeFileSync(join(folder, 'path.txt'), 'electron')
  expect(installedElectron(folder)).toBeNull()
  mkdirSync(join(folder, 'dist'))
  writeFileSync(join(folder, 'dist', 'electron'), '')
  expect(installedElectron(folder)).toBe(join(folder, 'dist', 'electron'))
})

test('reasons why there is no window', () => {
  expect(windowObstacle('linux', {}, 1000)).toMatch(/no desktop/)
  expect(windowObstacle('linux', { DISPLAY: ':0' }, 0)).toMatch(/root/)
  expect(windowObstacle('linux', { DISPLAY: ':0' }, 1000)).toBeNull()
  expect(windowObstacle('linux', { WAYLAND_DISPLAY: 'wayland-0' }, 1000)).toBeNull()
  expect(windowObstacle('darwin', {}, 501)).toBeNull()
  expect(windowObstacle('win32', {}, undefined)).toBeNull()
})
