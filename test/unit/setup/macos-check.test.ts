import { expect, it } from 'vitest'
import { readMachO } from '../../../electron/setup/mach-o.mjs'
import { macOsProblems } from '../../../electron/setup/macos-check.mjs'

const [defined, missing, debugging] = [0x0f, 0x01, 0x24]
const dynamicLookup = 0xfe00

/** A library with the heads of Apple's mach-o/loader.h and nlist.h, and no code. */
function library(
  symbols: readonly (readonly [name: string, type: number, library: number])[],
  { processor = 0x0100000c, kind = 6, minOs = 0x000c0000, needs = '/usr/lib/libSystem.B.dylib' } = {},
): Buffer {
  const numbers = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer)
  const padded = Buffer.from(needs.padEnd(32, '\0'))
  const version = numbers(0x32, 24, 1, minOs, minOs, 0)
  const dylib = Buffer.concat([numbers(0xc, 24 + padded.length, 24, 0, 0, 0), padded])
  const names = Buffer.from(`\0${symbols.map(([name]) => `_${name}\0`).join('')}`)
  const commandBytes = version.length + dylib.length + 24
  const symbolsAt = 32 + commandBytes
  const namesAt = symbolsAt + symbols.length * 16
  const table = numbers(2, 24, symbolsAt, symbols.length, namesAt, names.length)
  const head = numbers(0xfeedfacf, processor, 0, kind, 3, commandBytes, 0, 0)
  const entries = symbols.map(([name, type, of]) => {
    const entry = Buffer.alloc(16)
    entry.writeUInt32LE(names.indexOf(`\0_${name}\0`) + 1, 0)
    entry.writeUInt8(type, 4)
    entry.writeUInt16LE(of, 6)
    return entry
  })
  return Buffer.concat([head, version, dylib, table, ...entries, names])
}

const entryPoints = [
  ['napi_register_module_v1', defined, 0],
  ['node_api_module_get_api_version_v1', defined, 0],
] as const
const good = [
  ...entryPoints,
  ['napi_throw', missing, dynamicLookup],
  ['napi_get_value_int32', missing, 0],
  ['malloc', missing, 0x0100],
  ['a_local_one', 0x0e, 0],
  ['a_debugger', debugging, 0],
] as const

it('reads processor, macOS, libraries, and the names that a library gives and takes', () => {
  expect(readMachO(library(good))).toEqual({
    processor: 'arm64',
    isLibrary: true,
    oldestMacOs: '12.0',
    libraries: ['/usr/lib/libSystem.B.dylib'],
    offered: ['napi_register_module_v1', 'node_api_module_get_api_version_v1'],
    fromHost: ['napi_throw', 'napi_get_value_int32'],
  })
  expect(() => readMachO(Buffer.from('\x7fELF'.padEnd(64, '\0')))).toThrow('no library for macOS')
})

it('finds an addon for macOS good, and each fault', () => {
  const problemsOf = (...file: Parameters<typeof library>) =>
    macOsProblems(readMachO(library(...file)), 'x64')
  const x64 = { processor: 0x01000007 }
  expect(problemsOf(good, x64)).toEqual([])
  expect(problemsOf(good)).toEqual(['it is for the processor arm64'])
  expect(problemsOf(good, { ...x64, kind: 8 })).toEqual(['it is no library'])
  expect(problemsOf(good, { ...x64, minOs: 0x000d0300 })).toEqual(['it is for macOS 13.3, not 12.0'])
  const needs = '/opt/local/lib/libomp.dylib'
  expect(problemsOf(good, { ...x64, needs })).toEqual([`it needs ${needs}`])
  expect(problemsOf(good.slice(1), x64)).toEqual(['it lacks napi_register_module_v1'])
  // LightGBM's factory, left out of the list of sources, would be found nowhere at run time.
  const lacking = [
    ...good,
    ['_ZN8LightGBM11TreeLearner17CreateTreeLearnerEv', missing, dynamicLookup],
  ] as const
  expect(problemsOf(lacking, x64)).toEqual([
    'these names are nowhere: _ZN8LightGBM11TreeLearner17CreateTreeLearnerEv',
  ])
})
