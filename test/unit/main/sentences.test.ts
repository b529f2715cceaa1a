import type { MenuItemConstructorOptions } from 'electron'
import { expect, test } from 'vitest'
import { researchUseSentence } from '../../../electron/contract/index.ts'
import {
  aboutPanel,
  chooseOptions,
  menuTemplate,
  pageGoneQuestion,
} from '../../../electron/main/sentences.ts'

const rolesOf = (items: readonly MenuItemConstructorOptions[]): string[] =>
  items.flatMap((item) => [
    ...(item.role === undefined ? [] : [item.role]),
    ...(Array.isArray(item.submenu) ? rolesOf(item.submenu) : []),
  ])

test('developer tools are in the menu only where they are allowed', () => {
  expect(rolesOf(menuTemplate('linux', false))).not.toContain('toggleDevTools')
  expect(rolesOf(menuTemplate('linux', false))).not.toContain('reload')
  expect(rolesOf(menuTemplate('linux', true))).toContain('toggleDevTools')
})

test('macOS has the application menu, every platform the about box', () => {
  expect(rolesOf(menuTemplate('darwin', false))).toContain('appMenu')
  expect(rolesOf(menuTemplate('win32', false))).not.toContain('appMenu')
  for (const platform of ['darwin', 'win32', 'linux'] as const) {
    expect(rolesOf(menuTemplate(platform, false))).toContain('about')
  }
})

test('the about box says "For Research Use Only"', () => {
  expect(aboutPanel('1.2.3', null)).toMatchObject({
    applicationVersion: '1.2.3',
    copyright: researchUseSentence,
  })
})

test('dialogs: several files or weights, one folder', () => {
  expect(chooseOptions('files').properties).toEqual(['openFile', 'multiSelections'])
  expect(chooseOptions('weights').properties).toEqual(['openFile', 'multiSelections'])
  expect(chooseOptions('folder').properties).toEqual(['openDirectory', 'createDirectory'])
})

test('the question after a crash gives the reason; closing it means no', () => {
  const question = pageGoneQuestion('oom')
  expect(question.message).toMatch(/oom/)
  expect(question.buttons?.[question.cancelId ?? 0]).toBe('Quit')
})
