import { describe, expect, test } from 'vitest'
import { isNewer, needsBelow, needsIn, oldest, tooNew } from '../../../electron/setup/elf-needs.mjs'

/** Of readelf 2.40, shortened: a library that has versions of its own, which are no needs. */
const text = `
Version symbols section '.gnu.version' contains 5 entries:
 Addr: 0x0000000000001de2  Offset: 0x00001de2  Link: 4 (.dynsym)
  000:   0 (*local*)       3 (GLIBC_2.14)    2 (GLIBC_2.2.5)   4 (GLIBC_2.36)

Version definition section '.gnu.version_d' contains 2 entries:
 Addr: 0x00000000000025b8  Offset: 0x000025b8  Link: 5 (.dynstr)
  000000: Rev: 1  Flags: BASE  Index: 1  Cnt: 1  Name: libexample.so.1
  0x001c: Rev: 1  Flags: none  Index: 2  Cnt: 1  Name: GLIBCXX_3.4.99

Version needs section '.gnu.version_r' contains 3 entries:
 Addr: 0x0000000000002610  Offset: 0x00002610  Link: 5 (.dynstr)
  000000: Version: 1  File: libstdc++.so.6  Cnt: 3
  0x0010:   Name: CXXABI_1.3.9  Flags: none  Version: 11
  0x0020:   Name: GLIBCXX_3.4.9  Flags: none  Version: 10
  0x0030:   Name: GLIBCXX_3.4.21  Flags: none  Version: 9
  0x0040: Version: 1  File: libgcc_s.so.1  Cnt: 1
  0x0050:   Name: GCC_3.0  Flags: none  Version: 8
  0x0060: Version: 1  File: libc.so.6  Cnt: 3
  0x0070:   Name: GLIBC_2.36  Flags: none  Version: 4
  0x0080:   Name: GLIBC_2.14  Flags: none  Version: 3
  0x0090:   Name: GLIBC_2.2.5  Flags: none  Version: 2
`

describe('what a native file needs of Linux', () => {
  test('is the newest version that it takes of each library', () => {
    expect(needsIn(text)).toEqual({ GLIBC: '2.36', GLIBCXX: '3.4.21', CXXABI: '1.3.9', GCC: '3.0' })
    expect(needsIn('\nNo version information found in this file.\n')).toEqual({})
    expect(needsIn(text.slice(0, text.indexOf('Version needs')))).toEqual({})
  })

  test('is compared number by number', () => {
    expect(
      ['2.4', '2.28', '2.28.0', '2.29', '2.100', '3'].map((version) => isNewer(version, '2.28')),
    ).toEqual([false, false, false, true, true, true])
  })

  test('is refused where it is more than the oldest supported system has, with both versions', () => {
    expect(tooNew('lobule-native.node', { ...oldest })).toBeNull()
    expect(tooNew('lobule-native.node', { GLIBC: '2.36', GCC: '3.0' })).toBe(
      'lobule-native.node needs GLIBC 2.36 (at most 2.28)',
    )
    expect(tooNew('a.so', { GLIBC: '2.29', GLIBCXX: '3.4.26' })).toBe(
      'a.so needs GLIBC 2.29 (at most 2.28), GLIBCXX 3.4.26 (at most 3.4.25)',
    )
    // better-sqlite3 as its authors build it: a package has another (sqlite-binding.mjs).
    const file = 'resources/app.asar.unpacked/node_modules/better-sqlite3/prebuilds/linux-x64.node'
    expect(tooNew(file, { GLIBC: '2.34', GLIBCXX: '3.4.29', CXXABI: '1.3.9' })).not.toBeNull()
  })
})

test.skipIf(process.platform !== 'linux')("this machine's Node is read by readelf", () => {
  const [found, ...others] = needsBelow(process.execPath)
  expect(others).toEqual([])
  expect(found?.needs.GLIBC).toMatch(/^2\.\d+$/)
})
