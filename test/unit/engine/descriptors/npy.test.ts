import { execFileSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodeNpy, encodeNpy, readNpy, writeNpy } from '../../../../electron/engine/descriptors/npy.ts'
import { expectRefusal, referencePath, temporaryFolder } from '../encoders/helpers.ts'

const matrix = { rows: 2, columns: 3, data: Float32Array.of(0, 1.5, -2, 1e-30, 3e30, 0.1) }

describe('.npy files', () => {
  test('worked by hand: header and bytes of NEP 1, data at a multiple of 64', () => {
    const bytes = encodeNpy(matrix, 'resnet50, untrained')
    const length = bytes.readUInt16LE(8)
    expect((10 + length) % 64).toBe(0)
    expect(bytes.length).toBe(10 + length + 24)
    const header = bytes.toString('latin1', 10, 10 + length)
    expect(header).toMatch(
      /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 3\), \} # sha256 [0-9a-f]{64}; resnet50, untrained *\n$/,
    )
    expect(bytes.readFloatLE(10 + length + 4)).toBe(1.5)
  })

  test('are read back, also from a view of a larger buffer', () => {
    const view = { ...matrix, data: Float32Array.of(9, ...matrix.data, 9).subarray(1, 7) }
    const file = decodeNpy(encodeNpy(view, 'a note'), 'x')
    expect(file).toEqual({ matrix, note: 'a note', checked: true })
    const none = { rows: 0, columns: 2048, data: new Float32Array() }
    expect(decodeNpy(encodeNpy(none), 'x').matrix).toEqual(none)
  })

  test('of NumPy are read if no checksum is required; a vector is one row', async () => {
    const path = referencePath('resnet50-400.npy')
    const { matrix: read, checked } = await readNpy(path, { allowUnchecked: true })
    expect([read.rows, read.columns, checked]).toEqual([1, 2048, false])
    await expectRefusal(() => readNpy(path), 'descriptors.invalid-file', /has no checksum/)
    const map = await readNpy(referencePath('tiny-map.npy'), { allowUnchecked: true })
    expect([map.matrix.rows, map.matrix.columns]).toEqual([12, 120])
  })

  test('any changed byte of the data, and any truncation, is detected', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'deep', 'a.npy')
    await writeNpy(path, matrix)
    expect((await readNpy(path)).matrix).toEqual(matrix)
    expect(await readdir(join(folder, 'deep'))).toEqual(['a.npy'])
    const whole = await readFile(path)
    for (let offset = whole.length - 24; offset < whole.length; offset++) {
      const changed = Buffer.from(whole)
      changed[offset] = (changed[offset] ?? 0) ^ 1
      await expectRefusal(
        () => decodeNpy(changed, path),
        'descriptors.invalid-file',
        /checksum does not match/,
      )
    }
    const cut = (length: number) => () => decodeNpy(whole.subarray(0, length), path)
    for (const length of [0, 9, 40, whole.length - 25, whole.length - 1]) {
      await expectRefusal(cut(length), 'descriptors.invalid-file', /cannot be used/)
    }
  })

  test('with other types, orders and shapes are refused', async () => {
    const other = (from: string, to: string) => () =>
      decodeNpy(Buffer.from(encodeNpy(matrix).toString('latin1').replace(from, to), 'latin1'), 'other.npy')
    const sentence = /other.npy cannot be used: its values are not a table/
    await expectRefusal(other("'<f4'", "'<f8'"), 'descriptors.invalid-file', sentence)
    await expectRefusal(other('False', 'True '), 'descriptors.invalid-file', sentence)
    await expectRefusal(other('(2, 3)', '(1,2,3)'), 'descriptors.invalid-file', sentence)
    await expectRefusal(() => decodeNpy(Buffer.from('text'), 'a'), 'descriptors.invalid-file', /not a .npy/)
    await expectRefusal(() => readNpy('/nowhere/a.npy'), 'path.not-found', /does not exist/)
    expect(() => encodeNpy({ ...matrix, rows: 3 })).toThrow('3 x 3 values')
    expect(() => encodeNpy(matrix, 'two\nlines')).toThrow('one line')
  })

  test('a failed write leaves the old file', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'file'), 'kept')
    const write = () => writeNpy(join(folder, 'file', 'a.npy'), matrix)
    await expectRefusal(write, 'path.not-writable', /cannot be written/)
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('kept')
  })
})

test.skipIf(process.platform === 'win32')(
  'a pipe is refused unopened, and a header of 64 KB takes no time',
  async () => {
    const folder = await temporaryFolder()
    execFileSync('mkfifo', [join(folder, 'pipe.npy')])
    await expectRefusal(() => readNpy(join(folder, 'pipe.npy')), 'path.unreadable', /not a regular file/)
    // A search for the end of its note took the square of its length.
    const padding = ' '.repeat(65_000)
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), } # sha256 ${'0'.repeat(64)}; ${padding}x${padding.slice(0, 300)}\t`
    const bytes = Buffer.concat([
      Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
      Buffer.from(Uint16Array.of(header.length).buffer),
      Buffer.from(header),
      Buffer.alloc(4),
    ])
    expect(() => decodeNpy(bytes, 'x')).toThrow(/not a table/)
  },
)
