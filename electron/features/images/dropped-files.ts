import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { removeFolder } from '../../base/patient-files.ts'
import { writeThroughDraft } from '../../base/atomic-file.ts'
import { makePrivateFolder } from '../../base/private-files.ts'
import { asNotWritable } from '../../base/path-errors.ts'
import { AppError, maxDropDepth } from '../../contract/index.ts'
import { dropDirectory, removeAllDrops } from './dropped-file-paths.ts'
import { windowsNameProblem } from '../../base/windows-names.ts'
import { requireSpace } from '../../base/free-space.ts'
import type { Workspace } from '../../store/index.ts'
import type { Session } from '../../session/session.ts'

interface Drop {
  workspace: Workspace
  filesLeft: number
  bytesLeft: number
}

/** A file that an entry point is receiving. */
export interface IncomingFile {
  dropId: string
  /** Name, or path within a dropped folder, with slashes. */
  path: string
  /** Announced size. */
  bytes: number
  body: AsyncIterable<Uint8Array>
}

/** Limits what a page can accumulate. */
const maxDrops = 64
const maxNameBytes = 255

/** Files that a browser uploads, since it cannot give their paths. Each drop is limited to its announced size. */
export class DroppedFiles {
  readonly #session: Session
  readonly #drops = new Map<string, Drop>()

  constructor(session: Session) {
    this.#session = session
  }

  /** @throws AppError `workspace.none-open`, `disk.full`, `drop.refused` */
  async begin({ files, bytes }: { files: number; bytes: number }): Promise<string> {
    const { workspace } = this.#session
    await requireSpace(workspace.path, bytes)
    for (const [id, drop] of this.#drops) {
      if (drop.workspace !== workspace) this.#drops.delete(id)
    }
    if (this.#drops.size >= maxDrops) {
      throw new AppError('drop.refused', { reason: `${maxDrops} drops are waiting to be imported already` })
    }
    const dropId = randomBytes(8).toString('hex')
    this.#drops.set(dropId, { workspace, filesLeft: files, bytesLeft: bytes })
    return dropId
  }

  /**
   * Writes a file of a drop, complete or not at all, and returns its path.
   * @throws AppError `drop.refused`, `path.not-writable`
   */
  async receive({ dropId, path, bytes, body }: IncomingFile): Promise<string> {
    const drop = this.#drops.get(dropId)
    const refuse = (reason: string): never => {
      throw new AppError('drop.refused', { reason })
    }
    if (drop === undefined) return refuse('it was not announced, or its workspace was closed')
    const names = path.split('/')
    if (names.length > maxDropDepth || !names.every(isPlainName)) refuse(`"${path}" is not a valid path`)
    if (drop.filesLeft < 1 || drop.bytesLeft < bytes) refuse('it is larger than was announced')
    drop.filesLeft--
    drop.bytesLeft -= bytes
    const directory = dropDirectory(drop.workspace, dropId)
    const target = join(directory, ...names)
    try {
      if (existsSync(target)) refuse(`"${path}" was already sent`)
      await makePrivateFolder(dirname(target))
    } catch (error) {
      throw asNotWritable(error, target)
    }
    const receiveBody = async (file: FileHandle): Promise<void> => {
      let written = 0
      for await (const chunk of body) {
        written += chunk.byteLength
        if (written > bytes) refuse(`"${path}" is longer than was announced`)
        await file.writeFile(chunk)
      }
      if (written !== bytes) refuse(`"${path}" was cut off`)
      if (this.#drops.get(dropId) !== drop) refuse('it was discarded')
    }
    // Not the target's name with an ending: if that has the maximum length, a longer one is not allowed.
    const draft = join(directory, `.${randomBytes(8).toString('hex')}.part`)
    // Without a flush: if the machine stops before the import, the page sends the file again.
    await writeThroughDraft(target, receiveBody, { draft, flush: false })
    return target
  }

  /** Ends a drop and removes its files that were not imported. */
  async discard(dropId: string): Promise<void> {
    const drop = this.#drops.get(dropId)
    this.#drops.delete(dropId)
    if (drop === undefined) return
    await removeFolder(dropDirectory(drop.workspace, dropId))
  }

  /** Ends all drops and removes their files and folders in the open workspace. */
  async clear(): Promise<void> {
    this.#drops.clear()
    await removeAllDrops(this.#session.workspace)
  }
}

/** Whether it is the name of one file or folder, rather than a path. */
function isPlainName(name: string): boolean {
  return (
    name !== '' &&
    name !== '.' &&
    name !== '..' &&
    // eslint-disable-next-line no-control-regex -- control characters are refused
    !/[\\/\u0000-\u001f\u007f]/.test(name) &&
    Buffer.byteLength(name) <= maxNameBytes &&
    (process.platform !== 'win32' || windowsNameProblem(name) === null)
  )
}
