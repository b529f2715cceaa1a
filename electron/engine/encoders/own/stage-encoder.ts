import { constants } from 'node:fs'
import { copyFile, open, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { strictCanonicalJson } from '../../../base/canonical-json.ts'
import { requireSpace } from '../../../base/free-space.ts'
import { asPathError } from '../../../base/path-errors.ts'
import { makePrivateFolder } from '../../../base/private-files.ts'
import { sha256, sha256OfFile } from '../../../base/sha256.ts'
import { AppError } from '../../../contract/errors.ts'
import {
  encoderManifestFile,
  encoderManifestSchema,
  faultsOf,
  inPlainWords,
  type EncoderManifest,
} from '../../../contract/index.ts'
import { withFile } from '../../image/byte-source.ts'
import { readEntry, readWhole } from '../../model-package/read-entry.ts'
import { refuser } from '../../model-package/refusal.ts'
import { readZipIndex, type ZipEntry } from '../../model-package/zip-index.ts'
import { checkNetwork, RefusedEncoder } from './check-network.ts'

/** What an encoder may be. The largest of today has 1.1 billion parameters, 4.5 GB. */
const limits = {
  manifestBytes: 2 ** 20,
  /** ONNX's own limit of a file; larger networks keep their weights in others. */
  networkBytes: 2 ** 31 - 1,
  totalBytes: 16 * 2 ** 30,
} as const

/** An encoder as files of its own, checked but not run. */
export interface StagedEncoder {
  manifest: EncoderManifest
  /** Of the manifest, and with it of all files. */
  fingerprint: string
  files: { file: string; bytes: number; sha256: string }[]
}

export interface StageRequest {
  /** A folder, a zip, or the manifest in a folder. */
  path: string
  /** An empty folder for its files. */
  directory: string
}

/** Where an encoder's files are read from. */
interface Source {
  /** Size of a file; null: it is not there, or not a file. */
  bytesOf(file: string): Promise<number | null>
  copy(file: string, to: string): Promise<string>
  text(file: string): Promise<Buffer>
}

/**
 * Copies an encoder into a folder and believes nothing: its manifest, sizes, hashes, and what its network would do. Nothing of
 * it is run.
 * @throws AppError `encoder.refused`; `path.*`, `disk.full`
 */
export async function stageEncoder({ path, directory }: StageRequest): Promise<StagedEncoder> {
  try {
    const source = await sourceAt(path)
    const manifest = readManifest(await source.text(encoderManifestFile))
    const { network } = manifest
    const listed = [{ file: network.file, sha256: network.sha256 }, ...network.external]
    const sizes: number[] = []
    for (const { file } of listed) {
      const bytes = await source.bytesOf(file)
      if (bytes === null || bytes === 0) throw new RefusedEncoder(`its file ${file} is missing or empty`)
      sizes.push(bytes)
    }
    if ((sizes[0] ?? 0) > limits.networkBytes)
      throw new RefusedEncoder(
        `${network.file} has ${sizes[0]} bytes; at most ${limits.networkBytes} are read`,
      )
    const total = sizes.reduce((sum, bytes) => sum + bytes, 0)
    if (total > limits.totalBytes)
      throw new RefusedEncoder(`its files have ${total} bytes; at most ${limits.totalBytes} are read`)
    await requireSpace(directory, total)
    await makePrivateFolder(directory)
    const files: StagedEncoder['files'] = []
    for (const [index, { file, sha256: due }] of listed.entries()) {
      const found = await source.copy(file, join(directory, file))
      if (found !== due)
        throw new RefusedEncoder(`${file} has the SHA-256 ${found}; the manifest says ${due}`)
      files.push({ file, bytes: sizes[index] ?? 0, sha256: found })
    }
    checkNetwork(await readFile(join(directory, network.file)), manifest, files.slice(1))
    await writeFile(join(directory, encoderManifestFile), JSON.stringify(manifest, null, 2))
    return { manifest, fingerprint: manifestFingerprint(manifest), files }
  } catch (error) {
    if (error instanceof RefusedEncoder)
      throw new AppError('encoder.refused', { path, reason: error.message }, { cause: error })
    throw error
  }
}

/** Identifies all that an encoder's descriptors depend on: the hashes of its files are in its manifest. */
const manifestFingerprint = (manifest: EncoderManifest): string => sha256(strictCanonicalJson(manifest))

/** @throws RefusedEncoder that names the first fields that are wrong */
function readManifest(bytes: Uint8Array): EncoderManifest {
  let stored: unknown
  try {
    stored = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new RefusedEncoder(`${encoderManifestFile} is not JSON`)
  }
  const result = encoderManifestSchema.safeParse(stored, inPlainWords)
  if (result.success) return result.data
  const wrong = faultsOf(result.error, 'all').slice(0, 3)
  throw new RefusedEncoder(`${encoderManifestFile} is not valid: ${wrong.join('; ')}`)
}

async function sourceAt(path: string): Promise<Source> {
  const found = await stat(path).catch((error: unknown) => {
    throw asPathError(error, path)
  })
  if (found.isDirectory()) return folderSource(path)
  if (!found.isFile()) throw new AppError('path.unreadable', { path, reason: 'it is not a regular file' })
  if (path.endsWith(encoderManifestFile)) return folderSource(join(path, '..'))
  return zipSource(path)
}

const folderSource = (folder: string): Source => ({
  bytesOf: async (file) => {
    const found = await stat(join(folder, file)).catch(() => null)
    return found?.isFile() === true ? found.size : null
  },
  copy: async (file, to) => {
    try {
      await copyFile(join(folder, file), to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    } catch (error) {
      throw asPathError(error, join(folder, file))
    }
    return sha256OfFile(to)
  },
  text: async (file) => {
    const path = join(folder, file)
    const found = await stat(path).catch(() => null)
    if (found?.isFile() !== true) throw new RefusedEncoder(`it has no ${file}`)
    if (found.size > limits.manifestBytes)
      throw new RefusedEncoder(`${file} has more than ${limits.manifestBytes} bytes`)
    return readFile(path)
  },
})

/** Files at the top of a zip, or in its only folder. */
async function zipSource(path: string): Promise<Source> {
  const refuse = refuser(path)
  const asRefused = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'package.invalid') throw error
      const { entry, reason } = (error as AppError<'package.invalid'>).details
      throw new RefusedEncoder(entry === null ? reason : `${entry}: ${reason}`)
    }
  }
  const entries = await asRefused(() => withFile(path, (source) => readZipIndex(source, refuse)))
  const manifests = entries.filter(({ name }) => new RegExp(`^([^/]+/)?${encoderManifestFile}$`).test(name))
  const [only, ...others] = manifests
  if (only === undefined || others.length > 0)
    throw new RefusedEncoder(`it has ${manifests.length} files ${encoderManifestFile}; one is needed`)
  const prefix = only.name.slice(0, -encoderManifestFile.length)
  const entryOf = (file: string): ZipEntry => {
    const found = entries.find(({ name }) => name === prefix + file)
    if (found === undefined) throw new RefusedEncoder(`it has no ${file}`)
    return found
  }
  return {
    bytesOf: (file) => Promise.resolve(entries.find(({ name }) => name === prefix + file)?.bytes ?? null),
    copy: async (file, to) => {
      const out = await open(to, 'wx')
      try {
        return await asRefused(() =>
          readEntry(path, entryOf(file), refuse, async (chunk) => {
            for (let at = 0; at < chunk.length;) at += (await out.write(chunk, at)).bytesWritten
          }),
        )
      } finally {
        await out.close()
      }
    },
    text: async (file) =>
      (await asRefused(() => readWhole(path, entryOf(file), refuse, limits.manifestBytes))).content,
  }
}
