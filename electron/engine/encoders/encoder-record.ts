import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { isMissing } from '../../base/path-errors.ts'
import { weightsSourceSchema, type BuiltInEncoder } from '../../contract/index.ts'
import { currentWeightsSource } from './older-weights.ts'

/** A file in the same folder as the record. */
export const storedFileSchema = z.object({
  file: z.string(),
  bytes: z.int().positive(),
  sha256: z.string().length(64),
})
export type StoredFile = z.infer<typeof storedFileSchema>

const graphSchema = storedFileSchema.extend({ emitterVersion: z.int() })

/** The content of `<encoder>.json`. An encoder counts as installed as soon as this record is written. */
const recordSchema = z.object({
  /** Format 1 had other words for `source`. */
  format: z.literal([1, 2]).transform((): 2 => 2),
  source: z.preprocess(currentWeightsSource, weightsSourceSchema),
  fingerprint: z.string().length(64),
  /** The weight file; null for untrained weights, which can be made again. */
  weights: storedFileSchema.nullable(),
  /** The ONNX file made from the weights. */
  graph: graphSchema,
  /** The same in half precision; null until a back-end needs it. */
  halfGraph: graphSchema.nullable().default(null),
  /** Expected descriptor of the probe: little-endian float32, base64; null if Keras' own result is known. */
  probe: z.object({ sizePx: z.int().positive(), descriptor: z.string() }).nullable().default(null),
})
export type EncoderRecord = z.infer<typeof recordSchema>

export const recordPath = (folder: string, name: BuiltInEncoder): string => join(folder, `${name}.json`)

/** The record of an installed encoder; null if there is none, `damaged` if it cannot be read. */
export async function readRecord(
  folder: string,
  name: BuiltInEncoder,
): Promise<EncoderRecord | null | 'damaged'> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(recordPath(folder, name), 'utf8')))
  } catch (error) {
    return isMissing(error) ? null : 'damaged'
  }
}

/** Compares the size of a stored file with its record: the problem, or null if there is none. */
export async function sizeProblem(folder: string, stored: StoredFile): Promise<string | null> {
  const found = await stat(join(folder, stored.file)).catch(() => null)
  if (found === null) return `${stored.file} is missing`
  if (found.size !== stored.bytes) return `${stored.file} has ${found.size} bytes instead of ${stored.bytes}`
  return null
}

/** Compares size and content of a stored file with its record: the problem, or null if there is none. */
export async function contentProblem(folder: string, stored: StoredFile): Promise<string | null> {
  const problem = await sizeProblem(folder, stored)
  if (problem !== null) return problem
  const { sha256 } = await digests(join(folder, stored.file))
  return sha256 === stored.sha256 ? null : `${stored.file} has changed since it was installed`
}

/** Hexadecimal MD5 and SHA-256 of a file, streamed. Throws the errors of the file system unchanged. */
export async function digests(path: string): Promise<{ md5: string; sha256: string }> {
  const md5 = createHash('md5')
  const sha256 = createHash('sha256')
  await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      md5.update(chunk)
      sha256.update(chunk)
    }
  })
  return { md5: md5.digest('hex'), sha256: sha256.digest('hex') }
}
