import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat, type FileHandle } from 'node:fs/promises'
import type { z } from 'zod'
import { Zip, ZipDeflate, type ZipInputFile } from 'fflate/browser'
// Its build for Node declares `require`, which bundles declare too; workers, all it has more, are not used.
import { zip } from '../../base/arrays.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { writeExport } from '../../base/export-file.ts'
import { sha256 } from '../../base/sha256.ts'
import {
  AppError,
  foldTableSchema,
  modelManifestSchema,
  packagedReportSchema,
  packageDocuments,
  type FoldTable,
  type ModelManifest,
  type PackagedReport,
} from '../../contract/index.ts'
import { limits } from './limits.ts'

export interface PackRequest {
  path: string
  /** Whether an earlier file at `path` is replaced, once the package is whole; default false. */
  replace?: boolean | undefined
  /** Without `entries`, which are found out here. */
  manifest: Omit<ModelManifest, 'entries'>
  report: PackagedReport
  folds: FoldTable
  /** The model card. */
  card: string
  /** In the order of the manifest. */
  texts: HashedFile[]
  /** The training images' vectors; null: the model has none. */
  likeness: HashedFile | null
}

/** A file and the sha256 that it must have. */
interface HashedFile {
  file: string
  sha256: string
}

interface Context {
  signal: AbortSignal
  report: (done: number, total: number) => void
}

type Entry = ModelManifest['entries'][number]

/** The same model gives the same bytes, whenever and wherever it is packed: zip's first moment, local as it is. */
const noMoment = new Date(1980, 0, 1)
const chunkBytes = 2 ** 18

/**
 * Writes a model into one zip file, streamed: the manifest first, then report, folds and card, then the vectors of the
 * training images and the boosters' texts. At `path` there is the whole package, or what was there before.
 * @returns its size and SHA-256
 * @throws AppError `model.corrupt` (a file is gone or has changed), `package.too-large`, `path.exists`,
 *   `path.not-writable`, `job.cancelled`
 */
export async function packModel(
  { path, replace, manifest, report, folds, card, texts, likeness }: PackRequest,
  { signal, report: tell }: Context,
): Promise<{ bytes: number; sha256: string }> {
  const cardContent = Buffer.from(card)
  if (cardContent.length > limits.cardBytes)
    throw new AppError('package.too-large', {
      path: packageDocuments.card,
      bytes: cardContent.length,
      limit: limits.cardBytes,
    })
  const documents = [
    { path: packageDocuments.report, content: documentOf(packagedReportSchema, report) },
    { path: packageDocuments.folds, content: documentOf(foldTableSchema, folds) },
    { path: packageDocuments.card, content: cardContent },
  ]
  const entries = documents.map(({ path: name, content }): Entry => entryOf(name, content))
  const files = [
    ...(likeness === null
      ? []
      : [{ ...likeness, path: packageDocuments.likeness, limit: limits.likenessBytes }]),
    ...zip(texts, manifest.boosters).map(([text, booster]) => ({
      ...text,
      path: booster.path,
      limit: limits.boosterBytes,
    })),
  ]
  for (const { file, sha256, path: name, limit } of files) {
    const { size: bytes } = await stat(file).catch((error: unknown) => {
      throw new AppError(
        'model.corrupt',
        { model: manifest.name, reason: `${file} is gone` },
        { cause: error },
      )
    })
    if (bytes > limit) throw new AppError('package.too-large', { path: file, bytes, limit })
    entries.push({ path: name, bytes, sha256 })
  }
  const pack = async (target: FileHandle): Promise<{ bytes: number; sha256: string }> => {
    const zip = new ZipWriter(target, path)
    await zip.add(packageDocuments.manifest, [documentOf(modelManifestSchema, { ...manifest, entries })])
    for (const document of documents) await zip.add(document.path, [document.content])
    for (const [i, file] of files.entries()) {
      throwIfCancelled(signal)
      tell(i, files.length)
      await zip.add(file.path, checked(file, manifest.name))
    }
    await zip.end()
    return zip.result()
  }
  const result = await writeExport(path, pack, { replace })
  tell(files.length, files.length)
  return result
}

/** What an import would not take is not written; and parts are in one order, also after an import. */
const documentOf = <T>(schema: z.ZodType<T>, content: T): Buffer =>
  Buffer.from(`${JSON.stringify(schema.parse(content), null, 1)}\n`)

const entryOf = (path: string, content: Buffer): Entry => ({
  path,
  bytes: content.length,
  sha256: sha256(content),
})

/** The pieces of a file, which must be what the model says. */
async function* checked({ file, sha256 }: HashedFile, model: string) {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes })) {
    hash.update(chunk as Buffer)
    yield chunk as Buffer
  }
  if (hash.digest('hex') !== sha256)
    throw new AppError('model.corrupt', { model, reason: `${file} has changed` })
}

/** fflate's zip, written to a file as fast as the disk takes it. */
class ZipWriter {
  readonly #file: FileHandle
  readonly #path: string
  readonly #hash = createHash('sha256')
  readonly #zip: Zip
  #waiting: Uint8Array[] = []
  #bytes = 0

  constructor(file: FileHandle, path: string) {
    this.#file = file
    this.#path = path
    this.#zip = new Zip((error, chunk) => {
      if (error !== null) throw error
      this.#waiting.push(chunk)
    })
  }

  async add(name: string, content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const entry: ZipInputFile & ZipDeflate = new ZipDeflate(name, { level: 6 })
    // Of its options fflate takes the level alone.
    entry.mtime = noMoment
    this.#zip.add(entry)
    for await (const chunk of content) {
      entry.push(chunk)
      await this.#flush()
    }
    entry.push(new Uint8Array(0), true)
    await this.#flush()
  }

  async end(): Promise<void> {
    this.#zip.end()
    await this.#flush()
  }

  result(): { bytes: number; sha256: string } {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }

  async #flush(): Promise<void> {
    const path = this.#path
    const chunks = this.#waiting
    this.#waiting = []
    for (const chunk of chunks) {
      this.#bytes += chunk.length
      if (this.#bytes > limits.packageBytes) {
        throw new AppError('package.too-large', { path, bytes: this.#bytes, limit: limits.packageBytes })
      }
      this.#hash.update(chunk)
      for (let at = 0; at < chunk.length;) at += (await this.#file.write(chunk, at)).bytesWritten
    }
  }
}
