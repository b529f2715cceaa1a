import { describe, expect, it } from 'vitest'
import {
  portableName,
  requireAllowedPath,
  windowsNameProblem,
  windowsPathProblem,
} from '../../../electron/base/windows-names.ts'

describe('a name that Windows cannot keep', () => {
  it.each([
    ['a<b.csv', 'Windows allows no < in a name'],
    ['report: final.html', 'Windows allows no : in a name'],
    ['a\\b', 'Windows allows no \\ in a name'],
    ['a\u0007b', 'Windows allows no control character in a name'],
    ['CON', 'CON is the name of a device of Windows'],
    ['nul.csv', 'nul.csv is the name of a device of Windows'],
    ['Com1.tar.gz', 'Com1.tar.gz is the name of a device of Windows'],
    ['LPT³', 'LPT³ is the name of a device of Windows'],
    ['aux .txt', 'aux .txt is the name of a device of Windows'],
    ['case 1.', 'Windows allows no dot and no blank at the end of a name'],
    ['case 1 ', 'Windows allows no dot and no blank at the end of a name'],
  ])('%j', (name, problem) => {
    expect(windowsNameProblem(name)).toBe(problem)
  })

  it.each([
    'console.csv',
    'com.csv',
    'com10',
    'aux-1',
    'Ärztin Müller.csv',
    '.hidden',
    'a.b.c',
    'a b',
    "a'b",
    '名前',
  ])('%j is none', (name) => expect(windowsNameProblem(name)).toBeNull())
})

describe('a path', () => {
  it.each([
    String.raw`C:\Users\Dr. Müller\report.html`,
    String.raw`\\server\share\folder\list.csv`,
    String.raw`\\?\C:\long\list.csv`,
    'D:/with/slashes/list.csv',
  ])('%s is allowed on Windows, where the drive has a colon', (path) => {
    expect(windowsPathProblem(path)).toBeNull()
    expect(() => requireAllowedPath(path, 'win32')).not.toThrow()
  })

  it.each([
    [String.raw`C:\a\list.csv:hidden`, 'no : in a name'],
    [String.raw`C:\aux\list.csv`, 'aux is the name of a device'],
    [String.raw`\\server\share\folder.\list.csv`, 'no dot and no blank'],
  ])('%s is refused on Windows alone', (path, reason) => {
    expect(() => requireAllowedPath(path, 'win32')).toThrow(reason)
    expect(() => requireAllowedPath(path, 'linux')).not.toThrow()
  })
})

it.each([
  ['S24:17 <A>', 'S24_17 _A_'],
  ['con', '_con'],
  ['nul.slide', '_nul.slide'],
  ['slide. ', 'slide__'],
  ['slide 1', 'slide 1'],
])('the name %j is written as %j everywhere', (name, kept) => {
  expect(portableName(name)).toBe(kept)
  expect(windowsNameProblem(kept)).toBeNull()
})
