import { expect, test } from 'vitest'
import { browserCommand, hasDesktop } from '../../../electron/server/open-browser.ts'

test('Linux has a desktop if the environment says so', () => {
  expect(hasDesktop('linux', {})).toBe(false)
  expect(hasDesktop('linux', { DISPLAY: ':0' })).toBe(true)
  expect(hasDesktop('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true)
  expect(hasDesktop('darwin', {})).toBe(true)
  expect(hasDesktop('win32', {})).toBe(true)
})

test('the address is one argument of the opener', () => {
  const url = 'http://127.0.0.1:1/?token=a&b'
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    expect(browserCommand(platform, url)[1].at(-1)).toBe(url)
  }
})
