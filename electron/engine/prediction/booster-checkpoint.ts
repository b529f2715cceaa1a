import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '../../base/atomic-file.ts'
import { strictCanonicalJson } from '../../base/canonical-json.ts'
import { sha256 } from '../../base/sha256.ts'

/** One finished booster of a training and its predictions for the images of its held-out fold. */
export interface BoosterCheckpoint {
  /** SHA-256 of its model text, which is stored at <directory>/<textSha256>.txt. */
  textSha256: string
  /** Class probabilities: held-out images x augmentations x classes, row-major. */
  heldOut: Float64Array
}

/** Identifies a checkpoint by everything that its content depends on. */
export const checkpointKey = (dependsOn: unknown): string => sha256(strictCanonicalJson(dependsOn))

export const checkpointPath = (directory: string, key: string): string =>
  join(directory, 'units', `${key}.json`)
export const textPath = (directory: string, textSha256: string): string =>
  join(directory, `${textSha256}.txt`)

/**
 * Saves a checkpoint. The model text is written first, so that every checkpoint on disk has its text. Both files are
 * written atomically. Float64 values are stored as bytes, so that a resumed training gives the same bits.
 * @returns the checkpoint
 * @throws AppError `path.not-writable`
 */
export async function saveCheckpoint(
  directory: string,
  key: string,
  text: string,
  heldOut: Float64Array,
): Promise<BoosterCheckpoint> {
  const textSha256 = sha256(text)
  await writeAtomically(textPath(directory, textSha256), Buffer.from(text))
  const bytes = Buffer.from(heldOut.buffer, heldOut.byteOffset, heldOut.byteLength)
  const content = { textSha256, sha256: sha256(bytes), heldOut: bytes.toString('base64') }
  await writeAtomically(checkpointPath(directory, key), JSON.stringify(content))
  return { textSha256, heldOut }
}

/**
 * A saved checkpoint; null where there is none, it is damaged, or its text is lost: that booster is trained again.
 * @param valueCount the number of its predictions; null: any
 */
export async function findCheckpoint(
  directory: string,
  key: string,
  valueCount: number | null,
): Promise<BoosterCheckpoint | null> {
  try {
    const {
      textSha256,
      sha256: valuesSha256,
      heldOut,
    } = JSON.parse(await readFile(checkpointPath(directory, key), 'utf8')) as Record<string, string>
    const bytes = Buffer.from(heldOut ?? '', 'base64')
    const isWhole = bytes.length % 8 === 0 && (valueCount === null || bytes.length === valueCount * 8)
    if (textSha256 === undefined || sha256(bytes) !== valuesSha256 || !isWhole) return null
    if (!/^[0-9a-f]{64}$/.test(textSha256)) return null
    if (sha256(await readFile(textPath(directory, textSha256))) !== textSha256) return null
    return { textSha256, heldOut: new Float64Array(new Uint8Array(bytes).buffer) }
  } catch {
    return null
  }
}
