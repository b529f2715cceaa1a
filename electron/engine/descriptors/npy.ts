import { writeAtomically } from '../../base/atomic-file.ts'
import { readBoundedFile } from '../../base/bounded-file.ts'
import { sha256 } from '../../base/sha256.ts'
import { AppError } from '../../contract/errors.ts'

/** Float32 values, row-major. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  /** rows * columns values. */
  readonly data: Float32Array
}

export interface NpyFile {
  readonly matrix: Matrix
  /** The note of the writer; empty if there is none or the writer was not Lobule. */
  readonly note: string
  /** Whether the file has a checksum, which was verified. */
  readonly checked: boolean
}

const magic = Buffer.from('\x93NUMPY\x01\x00', 'latin1')

/**
 * The bytes of a `.npy` file, version 1.0 (NumPy's NEP 1): little-endian float32, C order, shape (rows,
 * columns). The header is a Python literal, so it can end with a comment, which every NumPy skips. Ours is
 * `# sha256 <of the values>; <note>`. So there is no second file that could be lost, and there are no bytes after the data.
 */
export const encodeNpy = ({ rows, columns, data }: Matrix, note = ''): Buffer =>
  encodeNpyArray(data, [rows, columns], note)

/** The same for an array of at least two dimensions. */
export function encodeNpyArray(data: Float32Array, shape: readonly number[], note = ''): Buffer {
  if (data.length !== shape.reduce((product, edge) => product * edge, 1))
    throw new RangeError(`${shape.join(' x ')} values, but ${data.length} are given`)
  if (!/^[\x20-\x7e]*$/.test(note)) throw new RangeError('a note is one line of plain ASCII')
  const values = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  const literal = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`
  const text = `${literal} # sha256 ${sha256(values)}; ${note}`
  const start = magic.length + 2
  const padded = text.padEnd(Math.ceil((start + text.length + 1) / 64) * 64 - start - 1) + '\n'
  const length = Buffer.alloc(2)
  length.writeUInt16LE(padded.length)
  return Buffer.concat([magic, length, Buffer.from(padded, 'latin1'), values])
}

/**
 * Decodes a `.npy` file with one or two dimensions; a vector becomes a matrix with one row. The values are a copy.
 * @param path only for error messages
 * @throws AppError `descriptors.invalid-file`, also if the checksum does not match
 */
export function decodeNpy(bytes: Uint8Array, path: string): NpyFile {
  const refuse = (reason: string) => new AppError('descriptors.invalid-file', { path, reason })
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (file.length < 10 || !file.subarray(0, 8).equals(magic)) throw refuse('it is not a .npy file, version 1')
  const start = 10 + file.readUInt16LE(8)
  const header = file.toString('latin1', 10, start)
  // Of the first line without its padding: a search for where the padding begins would take long in one of 64 KB.
  const literal =
    /^\{'descr': '<f4', 'fortran_order': False, 'shape': \((\d+),(?: (\d+))?\),? \} *(?:# sha256 ([0-9a-f]{64});(?: (.*))?)?$/
  const [matched, first, second, checksum, note = ''] =
    literal.exec(header.replace(/\n$/, '').trimEnd()) ?? []
  if (matched === undefined || !header.endsWith('\n'))
    throw refuse('its values are not a table of little-endian float32 in C order')
  const rows = second === undefined ? 1 : Number(first)
  const columns = Number(second ?? first)
  const values = file.subarray(start)
  if (values.length !== rows * columns * 4) {
    throw refuse(`${rows} x ${columns} values need ${rows * columns * 4} bytes, it has ${values.length}`)
  }
  if (checksum !== undefined && checksum !== sha256(values)) throw refuse('its checksum does not match')
  const data = new Float32Array(rows * columns)
  new Uint8Array(data.buffer).set(values)
  return { matrix: { rows, columns, data }, note, checked: checksum !== undefined }
}

/**
 * Writes a descriptor file atomically.
 * @throws AppError `path.not-writable`
 */
export async function writeNpy(path: string, matrix: Matrix, note = ''): Promise<void> {
  await writeAtomically(path, encodeNpy(matrix, note))
}

/**
 * Reads a descriptor file. A file that Lobule did not write has no checksum and needs `allowUnchecked`.
 * @throws AppError `path.not-found`, `path.unreadable`, `descriptors.invalid-file`
 */
export async function readNpy(path: string, options: { allowUnchecked?: boolean } = {}): Promise<NpyFile> {
  const file = decodeNpy(await readBytes(path), path)
  if (!file.checked && options.allowUnchecked !== true) {
    throw new AppError('descriptors.invalid-file', { path, reason: 'it has no checksum' })
  }
  return file
}

/** Descriptors of an image take under a megabyte. */
const maxBytes = 256 * 2 ** 20

const readBytes = (path: string): Promise<Buffer> =>
  readBoundedFile(path, maxBytes, (reason) => {
    throw new AppError('descriptors.invalid-file', { path, reason })
  })
