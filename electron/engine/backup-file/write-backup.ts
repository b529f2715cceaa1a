import { createHash } from 'node:crypto'
import { stat, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { removeFile } from '../../base/patient-files.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { exportedBefore, publishExport } from '../../base/export-file.ts'
import { asNotWritable, asPathError, isMissing } from '../../base/path-errors.ts'
import { AppError, backupParts, type BackupContents, type BackupHeader } from '../../contract/index.ts'
import { readBackup } from './read-backup.ts'
import { blockBytes, isPlain, paddingOf, paxRecord, tarHeader } from './tar-header.ts'

export interface WriteBackupRequest {
  /** Where the backup goes. */
  path: string
  /** Whether a file that is there is replaced, once the backup is whole. */
  replace: boolean
  header: BackupHeader
  /** In the order in which they are written; `name` is the path inside the workspace, with slashes. */
  files: { name: string; file: string }[]
}

interface Context {
  signal: AbortSignal
  report: (done: number, total: number) => void
}

const chunkBytes = 2 ** 20
/** A backup that is not finished has this ending; one that a killed program left may be deleted. */
export const partialEnding = '.partial'

/**
 * Writes a backup: a tar file with the header, the files, and the list of their hashes at its end. It is written under
 * another name, flushed, read back and compared, and only then gets its name: at `path` there is a whole backup or
 * what was there before.
 * @returns its size and SHA-256, the files in it, and the names of those that were gone when their turn came
 * @throws AppError `path.exists` unless `replace` is set, `path.not-writable`, `path.unreadable`, `backup.invalid` (it reads back otherwise
 *   than written), `job.cancelled`
 */
export async function writeBackup(
  { path, replace, header, files }: WriteBackupRequest,
  { signal, report }: Context,
): Promise<{ bytes: number; sha256: string; contents: BackupContents; missing: string[] }> {
  await exportedBefore(path, replace)
  const draft = path + partialEnding
  try {
    const total = 2 * (await sizeOf(files))
    let done = 0
    const tell = (bytes: number): void => report((done += bytes), total)
    const written = await writeDraft(draft, { header, files }, signal, tell)
    const read = await readBackup({ path: draft, into: null }, { signal, report: () => undefined, tell })
    if (read.sha256 !== written.sha256)
      throw new AppError('backup.invalid', { path, reason: 'it reads back otherwise than it was written' })
    await publishExport(draft, path, replace)
    await flushFolder(dirname(path))
    report(total, total)
    return written
  } catch (error) {
    await removeFile(draft).catch(() => undefined)
    throw asNotWritable(error, path)
  }
}

async function sizeOf(files: WriteBackupRequest['files']): Promise<number> {
  let sum = 1
  for (const { file } of files)
    sum += await stat(file).then(
      ({ size }) => size,
      () => 0,
    )
  return sum
}

async function writeDraft(
  draft: string,
  { header, files }: Pick<WriteBackupRequest, 'header' | 'files'>,
  signal: AbortSignal,
  tell: (bytes: number) => void,
): Promise<{ bytes: number; sha256: string; contents: BackupContents; missing: string[] }> {
  // What a killed program left; never through a link.
  await removeFile(draft)
  const target = await open(draft, 'wx', 0o600)
  try {
    const tar = new TarWriter(target)
    const contents: BackupContents = []
    const missing: string[] = []
    const head = Buffer.from(`${JSON.stringify(header, null, 1)}\n`)
    contents.push(await tar.add(backupParts.header, head.length, [head], tell))
    for (const { name, file } of files) {
      throwIfCancelled(signal)
      const entry = await addFile(tar, name, file, tell)
      if (entry === null) missing.push(name)
      else contents.push(entry)
    }
    const list = Buffer.from(`${JSON.stringify(contents)}\n`)
    await tar.add(backupParts.contents, list.length, [list], tell)
    await tar.end()
    await target.sync()
    return { ...tar.result(), contents: contents.slice(1), missing }
  } finally {
    await target.close()
  }
}

/** null: the file is gone. */
async function addFile(
  tar: TarWriter,
  name: string,
  file: string,
  tell: (bytes: number) => void,
): Promise<BackupContents[number] | null> {
  let source: FileHandle
  try {
    source = await open(file, 'r')
  } catch (error) {
    if (isMissing(error)) return null
    throw asPathError(error, file)
  }
  try {
    const { size } = await source.stat()
    const content =
      size === 0
        ? []
        : source.createReadStream({ start: 0, end: size - 1, autoClose: false, highWaterMark: chunkBytes })
    return await tar.add(name, size, content as AsyncIterable<Buffer>, tell)
  } finally {
    await source.close()
  }
}

/** Writes entries one after the other, as fast as the disk takes them. */
class TarWriter {
  readonly #file: FileHandle
  readonly #hash = createHash('sha256')
  #bytes = 0

  constructor(file: FileHandle) {
    this.#file = file
  }

  async add(
    name: string,
    bytes: number,
    content: Iterable<Buffer> | AsyncIterable<Buffer>,
    tell: (bytes: number) => void,
  ): Promise<BackupContents[number]> {
    const plain = isPlain({ name, bytes })
    if (!plain) {
      const record = paxRecord({ name, bytes })
      await this.#write(tarHeader({ kind: 'record', name: 'record', bytes: record.length }))
      await this.#write(record)
      await this.#write(Buffer.alloc(paddingOf(record.length)))
    }
    await this.#write(tarHeader({ kind: 'file', ...(plain ? { name, bytes } : { name: 'entry', bytes: 0 }) }))
    const hash = createHash('sha256')
    let count = 0
    for await (const chunk of content) {
      hash.update(chunk)
      count += chunk.length
      await this.#write(chunk)
      tell(chunk.length)
    }
    if (count !== bytes)
      throw new AppError('path.unreadable', { path: name, reason: 'it changed while it was read' })
    await this.#write(Buffer.alloc(paddingOf(bytes)))
    return { path: name, bytes, sha256: hash.digest('hex') }
  }

  async end(): Promise<void> {
    await this.#write(Buffer.alloc(2 * blockBytes))
  }

  result(): { bytes: number; sha256: string } {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }

  async #write(chunk: Buffer): Promise<void> {
    this.#hash.update(chunk)
    this.#bytes += chunk.length
    for (let at = 0; at < chunk.length;) at += (await this.#file.write(chunk, at)).bytesWritten
  }
}

/** So that a name survives a power cut too; Windows cannot open a folder and does not need to. */
export async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
