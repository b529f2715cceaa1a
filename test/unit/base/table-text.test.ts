import { describe, expect, it } from 'vitest'
import { textOf } from '../../../electron/base/table-text.ts'

const refuse = (reason: string): never => {
  throw new Error(reason)
}

describe('the text of a file', () => {
  it('reads UTF-8 and UTF-16 with a byte order mark', () => {
    expect(textOf(Buffer.from('Müller'), refuse)).toBe('Müller')
    expect(textOf(Buffer.from('\uFEFFMüller'), refuse)).toBe('Müller')
    const wide = Buffer.from('\uFEFFMüller', 'utf16le')
    expect(textOf(wide, refuse)).toBe('Müller')
    expect(textOf(Buffer.from(wide).swap16(), refuse)).toBe('Müller')
  })

  it('refuses what is not UTF-8 with its line, and reads it when its encoding is stated', () => {
    const bytes = Buffer.from('file,case\na,Anna\nb,Müller\nc,Möller\n', 'latin1')
    expect(() => textOf(bytes, refuse)).toThrow('line 3 is not UTF-8: save the file as UTF-8')
    expect(textOf(bytes, refuse, { encoding: 'windows-1252' })).toBe(
      'file,case\na,Anna\nb,Müller\nc,Möller\n',
    )
    // A mark of the file itself is right, whatever is stated.
    expect(textOf(Buffer.from('\uFEFFMüller'), refuse, { encoding: 'windows-1252' })).toBe('Müller')
    expect(() => textOf(Buffer.from([0xff, 0xfe, 0x00]), refuse)).toThrow(/not UTF-16 as it says/)
  })

  it('names an Excel workbook', () => {
    expect(() => textOf(Buffer.from('PK\u0003\u0004rest'), refuse)).toThrow(
      /an Excel workbook .*save it as CSV/,
    )
    const old = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1])
    expect(() => textOf(old, refuse)).toThrow(/old Excel workbook/)
  })
})
