import { expect, it } from 'vitest'
import { WithheldNames } from '../../../electron/application/withheld-names.ts'

const named = (path: string, id = 1) => ({
  id,
  sha256: 'a'.repeat(64),
  path,
  originalPath: path,
  fileName: path.split('/').at(-1) ?? '',
})
const names = new WithheldNames(
  [named('/p/InSitu/one.png'), named('/p/InSitu/same.png'), named('/p/InSitu/1'), named('/p/Benign')],
  ['same.png', 'Benign'],
)

it.each([
  ['/p/InSitu/one.png', '(withheld)'],
  ["ENOENT: no such file, open '/p/InSitu/one.png'", "ENOENT: no such file, open '(withheld)'"],
  ['/p/InSitu/one.png.draft and one.png, one.png', '(withheld).draft and (withheld), (withheld)'],
  ['Heat map of same.png', 'Heat map of (withheld)'],
  ['1', '(withheld)'],
])('replaces the names of withheld images in %s', (text, without) => {
  expect(names.in(text)).toBe(without)
})

it.each(['same.png', 'Benign', 'none.png', 'phone.png', 'one.pngs', 'image 1 of 3', ''])(
  'leaves %s',
  (text) => {
    expect(names.in(text)).toBe(text)
  },
)

it('leaves what the reader sent, so that they cannot try names', () => {
  expect(names.in('/p/InSitu/one.png is no workspace', ['/p/InSitu/one.png'])).toBe(
    '/p/InSitu/one.png is no workspace',
  )
  expect(names.in('/p/InSitu/one.png is no workspace', ['/p/InSitu/'])).toBe('(withheld) is no workspace')
})
