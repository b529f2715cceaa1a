import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '../../base/atomic-file.ts'
import { strictCanonicalJson } from '../../base/canonical-json.ts'
import { sha256 } from '../../base/sha256.ts'

/** One finished booster of a training and what it says of the images that it never saw. */
export interface BoosterCheckpoint {
  /** Of its model text, which lies at <directory>/<textSha256>.txt. */
  textSha256: string
  /** Held-out images in order, each with its augmentations, each with its classes. */
  heldOut: Float64Array
}

/** Identifies a unit by everything that it depends on. */
export const checkpointKey = (dependsOn: unknown): string => sha256(strictCanonicalJson(dependsOn))

const unitPath = (directory: string, key: string): string => join(directory, 'units', `${key}.json`)
const textPath = (directory: string, textSha256: string): string => join(directory, `${textSha256}.txt`)

/**
 * Keeps a unit: the text first, so that a unit that is there has its text. Both are written atomically, and
 * float64 values as their bytes, so that a training that is taken up again gives the same bits.
 * @returns the unit
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
  await writeAtomically(unitPath(directory, key), JSON.stringify(content))
  return { textSha256, heldOut }
}

/** A unit that was kept, or null: none, or one that is damaged or lost its text, which is trained again. */
export async function findCheckpoint(
  directory: string,
  key: string,
  valueCount: number,
): Promise<BoosterCheckpoint | null> {
  try {
    const {
      textSha256,
      sha256: valuesSha256,
      heldOut,
    } = JSON.parse(await readFile(unitPath(directory, key), 'utf8')) as Record<string, string>
    const bytes = Buffer.from(heldOut ?? '', 'base64')
    if (textSha256 === undefined || sha256(bytes) !== valuesSha256 || bytes.length !== valueCount * 8)
      return null
    if (sha256(await readFile(textPath(directory, textSha256))) !== textSha256) return null
    return { textSha256, heldOut: new Float64Array(new Uint8Array(bytes).buffer) }
  } catch {
    return null
  }
}
