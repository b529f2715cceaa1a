import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { makeFolders } from '../../base/folders.ts'
import { asNotWritable } from '../../base/path-errors.ts'
import { hasCode } from '../../contract/errors.ts'
import { encodePng, syntheticMark, writeEncoded } from '../image/index.ts'
import {
  fieldsPerCase,
  makeSyntheticField,
  syntheticClasses,
  syntheticFieldDefaults,
  type SyntheticClass,
} from './synthetic-field.ts'

export interface SyntheticSetOptions {
  perClass: number
  seed: number
  widthPx?: number
  heightPx?: number
  signal?: AbortSignal
  onProgress?: (done: number, total: number) => void
}

export interface SyntheticFile {
  path: string
  className: SyntheticClass
  /** As the file's name carries it, such as `case07`; two fields share one. */
  caseName: string
}

/**
 * Writes `perClass` fields of each class as `<directory>/<Class>/synthetic-<class>-case<NN>-<index>.png`, each
 * marked as synthetic inside and with its pixel size. A field keeps its name and bytes whatever `perClass` is.
 * Files appear whole or not at all. One that was there with the same content stays, so that a set can be completed; one
 * with another content is not replaced.
 * path.exists, path.not-writable, job.cancelled (between two fields; the ones already written stay).
 */
export async function writeSyntheticSet(
  directory: string,
  { perClass, seed, widthPx, heightPx, signal, onProgress }: SyntheticSetOptions,
): Promise<SyntheticFile[]> {
  const size = {
    widthPx: widthPx ?? syntheticFieldDefaults.widthPx,
    heightPx: heightPx ?? syntheticFieldDefaults.heightPx,
  }
  const files: SyntheticFile[] = []
  const total = perClass * syntheticClasses.length
  // The time that is left is estimated from the first report on.
  onProgress?.(0, total)
  for (const className of syntheticClasses) makeFolder(join(directory, className))
  for (let index = 0; index < perClass; index++) {
    for (const [position, className] of syntheticClasses.entries()) {
      throwIfCancelled(signal)
      const raster = makeSyntheticField({ className, seed, index, ...size })
      const caseNumber = Math.floor(index / fieldsPerCase) * syntheticClasses.length + position + 1
      const caseName = `case${twoDigits(caseNumber)}`
      const fileName = `synthetic-${className.toLowerCase()}-${caseName}-${twoDigits(index + 1)}.png`
      const path = join(directory, className, fileName)
      const { pixelSizeUm } = syntheticFieldDefaults
      await writeOnce(await encodePng(raster, { pixelSizeUm, description: syntheticMark }), path)
      files.push({ path, className, caseName })
      onProgress?.(files.length, total)
    }
  }
  return files
}

const twoDigits = (value: number): string => String(value).padStart(2, '0')

function makeFolder(path: string): void {
  try {
    makeFolders(path)
  } catch (error) {
    throw asNotWritable(error, path)
  }
}

async function writeOnce(bytes: Buffer, path: string): Promise<void> {
  try {
    await writeEncoded(bytes, path, false)
  } catch (error) {
    if (!hasCode(error, 'path.exists') || !bytes.equals(await readFile(path))) throw error
  }
}
