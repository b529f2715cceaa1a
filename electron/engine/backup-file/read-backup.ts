import { createHash, type Hash } from 'node:crypto'
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { asNotWritable, asPathError } from '../../base/path-errors.ts'
import { requireAllowedPath } from '../../base/windows-names.ts'
import {
  AppError,
  backupContentsSchema,
  backupHeaderSchema,
  backupParts,
  backupVersion,
  type BackupContents,
  type BackupHeader,
} from '../../contract/index.ts'
import { blockBytes, paddingOf, readPaxRecord, readTarHeader, type TarHeader } from './tar-header.ts'

export interface ReadBackupRequest {
  path: string
  /**
   * Where files are written: all of them into an empty folder, or only the database into a file; null: they are
   * only compared with their hashes.
   */
  into: { directory: string } | { database: string } | null
}

export interface BackupRead {
  header: BackupHeader
  /** The files of the workspace, without the two documents of the backup. */
  contents: BackupContents
  bytes: number
  /** Of the whole file. */
  sha256: string
}

interface Context {
  signal: AbortSignal
  report: (done: number, total: number) => void
  /** Called with the bytes of each piece that was read. */
  tell?: (bytes: number) => void
}

const chunkBytes = 2 ** 20
/** A header, and a list of a million files. */
const maxDocumentBytes = 200 * 2 ** 20

/** Whether a path may be in a workspace, and so in a backup: with slashes, in a folder that workspaces have. */
export const isBackupName = (name: string): boolean =>
  /^(workspace\.sqlite|(boosters|images|synthetic|descriptors|explanations|slide-maps)(\/[^/\\\p{Cc}]+)+)$/u.test(
    name,
  ) && !name.split('/').some((part) => part === '.' || part === '..')

/**
 * Reads a whole backup and compares every file with the list of hashes at its end. Strict, since a backup may
 * come from anywhere: every byte belongs to an entry, its header or the end; names stay inside the folder; no name is
 * there twice.
 * @throws AppError `backup.invalid`, `backup.newer`, `path.not-found`, `path.unreadable`, `path.not-writable`, `job.cancelled`
 */
export async function readBackup(
  { path, into }: ReadBackupRequest,
  { signal, report, tell }: Context,
): Promise<BackupRead> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw asPathError(error, path)
  })
  try {
    const info = await file.stat()
    if (!info.isFile()) throw new AppError('path.unreadable', { path, reason: 'it is not a regular file' })
    let done = 0
    const reader = new TarReader(file, path, (bytes) => {
      throwIfCancelled(signal)
      tell?.(bytes)
      report((done += bytes), info.size)
    })
    return await new BackupReader(reader, path, into).readAll()
  } catch (error) {
    throw asPathError(error, path)
  } finally {
    await file.close()
  }
}

class BackupReader {
  readonly #tar: TarReader
  readonly #path: string
  readonly #into: ReadBackupRequest['into']
  readonly #found: BackupContents = []

  constructor(tar: TarReader, path: string, into: ReadBackupRequest['into']) {
    this.#tar = tar
    this.#path = path
    this.#into = into
  }

  async readAll(): Promise<BackupRead> {
    const header = await this.#readHeader()
    const names = new Set<string>()
    for (;;) {
      const entry = await this.#tar.next()
      if (entry === null) return this.#refuse('it ends before its list of files')
      if (entry.name === backupParts.contents) {
        this.#compare(await this.#document(entry, backupContentsSchema))
        if ((await this.#tar.next()) !== null) this.#refuse('something follows its list of files')
        if (!names.has('workspace.sqlite')) this.#refuse('it has no database')
        return { header, contents: this.#found.slice(1), ...this.#tar.result() }
      }
      const { name, bytes } = entry
      if (!isBackupName(name))
        this.#refuse(`it has a file that no workspace has (${JSON.stringify(name.slice(0, 80))})`)
      // Two names that differ only in case are one file on some disks.
      if (names.has(name.toLowerCase())) this.#refuse(`it has ${name} twice`)
      names.add(name.toLowerCase())
      const target = this.#targetOf(name)
      const sha256 = target === null ? await this.#tar.skip(bytes) : await this.#extract(target, bytes)
      this.#found.push({ path: name, bytes, sha256 })
    }
  }

  async #readHeader(): Promise<BackupHeader> {
    const entry = await this.#tar.next()
    if (entry?.name !== backupParts.header) return this.#refuse('it is not a backup of Lobule')
    const found = await this.#whole(entry)
    const { version } = parsed(found.text) as { version?: unknown }
    if (typeof version === 'number' && version > backupVersion)
      throw new AppError('backup.newer', { path: this.#path, found: version, known: backupVersion })
    this.#found.push({ path: entry.name, bytes: entry.bytes, sha256: found.sha256 })
    return this.#valid(found.text, backupHeaderSchema)
  }

  async #document<T>(entry: TarHeader, schema: z.ZodType<T>): Promise<T> {
    return this.#valid((await this.#whole(entry)).text, schema)
  }

  async #whole({ name, bytes }: TarHeader): Promise<{ text: string; sha256: string }> {
    if (bytes > maxDocumentBytes) this.#refuse(`${name} is too large`)
    const chunks: Buffer[] = []
    const sha256 = await this.#tar.skip(bytes, (chunk) => void chunks.push(Buffer.from(chunk)))
    return { text: Buffer.concat(chunks).toString('utf8'), sha256 }
  }

  #valid<T>(text: string, schema: z.ZodType<T>): T {
    const { success, data } = schema.safeParse(parsed(text))
    return success ? data : this.#refuse('its description is damaged')
  }

  #compare(listed: BackupContents): void {
    if (listed.length !== this.#found.length) this.#refuse('files are missing or were added')
    for (const [i, entry] of listed.entries()) {
      const found = this.#found[i]
      if (found?.path !== entry.path || found.bytes !== entry.bytes || found.sha256 !== entry.sha256)
        this.#refuse(`${entry.path} is damaged`)
    }
  }

  /** Where a file is written; null: nowhere. */
  #targetOf(name: string): string | null {
    if (this.#into === null) return null
    if ('directory' in this.#into) {
      const target = resolve(this.#into.directory, ...name.split('/'))
      requireAllowedPath(target)
      return target
    }
    return name === 'workspace.sqlite' ? this.#into.database : null
  }

  async #extract(path: string, bytes: number): Promise<string> {
    try {
      await mkdir(dirname(path), { recursive: true })
      const target = await open(path, 'wx')
      try {
        const sha256 = await this.#tar.skip(bytes, async (chunk) => {
          for (let at = 0; at < chunk.length;) at += (await target.write(chunk, at)).bytesWritten
        })
        await target.sync()
        return sha256
      } finally {
        await target.close()
      }
    } catch (error) {
      throw asNotWritable(error, path)
    }
  }

  #refuse(reason: string): never {
    throw new AppError('backup.invalid', { path: this.#path, reason })
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** Reads entries one after the other. After `next`, `skip` must be called for its content. */
class TarReader {
  readonly #file: FileHandle
  readonly #path: string
  readonly #tell: (bytes: number) => void
  readonly #hash: Hash = createHash('sha256')
  readonly #buffer = Buffer.alloc(chunkBytes)
  #at = 0

  constructor(file: FileHandle, path: string, tell: (bytes: number) => void) {
    this.#file = file
    this.#path = path
    this.#tell = tell
  }

  /** null: the end, and nothing after it. */
  async next(): Promise<TarHeader | null> {
    const block = Buffer.from(await this.#read(blockBytes))
    if (block.every((byte) => byte === 0)) return this.#finish()
    const header = readTarHeader(block)
    if (header === null) return this.#refuse('the header of a file is damaged')
    if (header.kind === 'file') return header
    if (header.bytes > 64 * 1024) this.#refuse('the header of a file is damaged')
    const chunks: Buffer[] = []
    await this.skip(header.bytes, (chunk) => void chunks.push(Buffer.from(chunk)))
    const described = readPaxRecord(Buffer.concat(chunks))
    const own = readTarHeader(Buffer.from(await this.#read(blockBytes)))
    if (described === null || own?.kind !== 'file') return this.#refuse('the header of a file is damaged')
    return { kind: 'file', ...described }
  }

  /** Reads the content of an entry, in pieces that are used before the next is read, and its padding; its SHA-256. */
  async skip(
    bytes: number,
    take: (chunk: Buffer) => Promise<void> | void = () => undefined,
  ): Promise<string> {
    const hash = createHash('sha256')
    for (let left = bytes; left > 0;) {
      const chunk = await this.#read(Math.min(left, chunkBytes))
      hash.update(chunk)
      await take(chunk)
      left -= chunk.length
      this.#tell(chunk.length)
    }
    const padding = await this.#read(paddingOf(bytes))
    if (!padding.every((byte) => byte === 0)) this.#refuse('something is hidden between its files')
    return hash.digest('hex')
  }

  result(): { bytes: number; sha256: string } {
    return { bytes: this.#at, sha256: this.#hash.digest('hex') }
  }

  async #finish(): Promise<null> {
    const block = await this.#read(blockBytes)
    if (!block.every((byte) => byte === 0)) this.#refuse('its end is damaged')
    const { bytesRead } = await this.#file.read(this.#buffer, 0, 1, this.#at)
    if (bytesRead > 0) this.#refuse('something follows its end')
    return null
  }

  async #read(bytes: number): Promise<Buffer> {
    let filled = 0
    while (filled < bytes) {
      const { bytesRead } = await this.#file.read(this.#buffer, filled, bytes - filled, this.#at + filled)
      if (bytesRead === 0) this.#refuse('it was cut off')
      filled += bytesRead
    }
    const chunk = this.#buffer.subarray(0, bytes)
    this.#hash.update(chunk)
    this.#at += bytes
    return chunk
  }

  #refuse(reason: string): never {
    throw new AppError('backup.invalid', { path: this.#path, reason })
  }
}
