import { expect, test } from 'vitest'
import { openSlideFor } from '../../../electron/setup/openslide.mjs'

test.each([
  ['linux', 'x64'],
  ['linux', 'arm64'],
  ['darwin', 'arm64'],
  ['win32', 'x64'],
])('OpenSlide is pinned for %s %s', (platform, processor) => {
  const found = openSlideFor(platform, processor)
  expect(found?.wheelSha256).toMatch(/^[0-9a-f]{64}$/)
  expect(found?.fileSha256).toMatch(/^[0-9a-f]{64}$/)
  expect(found?.wheel).toContain(found?.platform)
})

test('OpenSlide has no library for other systems', () => {
  expect(openSlideFor('win32', 'arm64')).toBeNull()
  expect(openSlideFor('freebsd', 'x64')).toBeNull()
})
