import { copyFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { asNotWritable } from '../../base/path-errors.ts'
import { AppError } from '../../contract/errors.ts'
import { isBuiltIn, type EncoderName } from '../../contract/index.ts'
import { readRecord, recordPath } from './encoder-record.ts'
import { OwnEncoderStore } from './own/own-store.ts'

/**
 * Copies installed encoders, each with its record, weights and network, from one data folder to another, where they are installed
 * then. The record is copied last, as an installation writes it.
 * @throws AppError `encoder.missing`, `path.not-writable`
 */
export async function copyInstalled(from: string, names: readonly EncoderName[], to: string): Promise<void> {
  for (const name of names) {
    const folder = join(from, 'encoders')
    if (!isBuiltIn(name)) {
      await new OwnEncoderStore(from).copyTo(to, name)
      continue
    }
    const record = await readRecord(folder, name)
    if (record === null || record === 'damaged') throw new AppError('encoder.missing', { encoders: [name] })
    const files = [record.weights?.file, record.graph.file, record.halfGraph?.file].filter(
      (file) => file !== undefined,
    )
    for (const file of files) await copyInto(join(folder, file), join(to, 'encoders', file))
    await copyInto(recordPath(folder, name), recordPath(join(to, 'encoders'), name))
  }
}

async function copyInto(from: string, to: string): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true })
    await copyFile(from, to)
  } catch (error) {
    throw asNotWritable(error, to)
  }
}
