import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** A float32 `.npy` file as `numpy.save` writes it: version 1.0, no checksum. */
export function writeAsNumpy(path: string, values: Float32Array, shape: readonly number[]): void {
  const literal = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`
  const header = literal.padEnd(Math.ceil((10 + literal.length + 1) / 64) * 64 - 11) + '\n'
  const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1')
  start.writeUInt16LE(header.length, 8)
  mkdirSync(dirname(path), { recursive: true })
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  writeFileSync(path, Buffer.concat([start, Buffer.from(header, 'latin1'), bytes]))
}
