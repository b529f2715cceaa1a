import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeThroughDraft } from '../../base/atomic-file.ts'
import { asNotWritable } from '../../base/path-errors.ts'
import { AppError, mostDropLevels } from '../../contract/index.ts'
import { dropDirectory, removeDrops } from './drop-folders.ts'
import { requireSpace } from '../../base/free-space.ts'
import type { Workspace } from '../../store/index.ts'
import type { Session } from '../../session/session.ts'

interface Drop {
  workspace: Workspace
  filesLeft: number
  bytesLeft: number
}

/** A file on its way in, as a door receives it. */
export interface IncomingFile {
  dropId: string
  /** Its name, or its place in a dropped folder, with slashes. */
  path: string
  /** Announced length. */
  bytes: number
  body: AsyncIterable<Uint8Array>
}

/** So that no page piles up drops. */
const mostDrops = 64
const longestNameBytes = 255

/** Files that a browser sends because it cannot tell where they lie; each drop is bounded by what it announced. */
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
    if (this.#drops.size >= mostDrops) {
      throw new AppError('drop.refused', { reason: `${mostDrops} drops wait for their import already` })
    }
    const dropId = randomBytes(8).toString('hex')
    this.#drops.set(dropId, { workspace, filesLeft: files, bytesLeft: bytes })
    return dropId
  }

  /**
   * Writes a file of a drop and answers where it lies; whole, or not at all.
   * @throws AppError `drop.refused`, `path.not-writable`
   */
  async receive({ dropId, path, bytes, body }: IncomingFile): Promise<string> {
    const drop = this.#drops.get(dropId)
    const refuse = (reason: string): never => {
      throw new AppError('drop.refused', { reason })
    }
    if (drop === undefined) return refuse('nobody announced it, or its workspace was closed')
    const names = path.split('/')
    if (names.length > mostDropLevels || !names.every(isPlainName)) refuse(`"${path}" is no usable path`)
    if (drop.filesLeft < 1 || drop.bytesLeft < bytes) refuse('there is more of it than was announced')
    drop.filesLeft--
    drop.bytesLeft -= bytes
    const directory = dropDirectory(drop.workspace, dropId)
    const target = join(directory, ...names)
    try {
      if (existsSync(target)) refuse(`"${path}" was sent already`)
      await mkdir(dirname(target), { recursive: true })
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
      if (this.#drops.get(dropId) !== drop) refuse('it was called off')
    }
    // A name of its own: beside a target whose name has the greatest length, a longer one does not fit.
    const draft = join(directory, `.${randomBytes(8).toString('hex')}.part`)
    // Without a flush: the page sends a file again if the machine stops before the import.
    await writeThroughDraft(target, receiveBody, { draft, flush: false })
    return target
  }

  /** Forgets a drop and removes what of it was not imported. */
  async discard(dropId: string): Promise<void> {
    const drop = this.#drops.get(dropId)
    this.#drops.delete(dropId)
    if (drop === undefined) return
    await rm(dropDirectory(drop.workspace, dropId), { recursive: true, force: true })
  }

  /** Forgets all drops and removes what is left of them in the open workspace, empty folders too. */
  async clear(): Promise<void> {
    this.#drops.clear()
    await removeDrops(this.#session.workspace)
  }
}

/** A name of a file or folder and nothing more. */
function isPlainName(name: string): boolean {
  return (
    name !== '' &&
    name !== '.' &&
    name !== '..' &&
    // eslint-disable-next-line no-control-regex -- they are what is refused
    !/[\\/\u0000-\u001f\u007f]/.test(name) &&
    Buffer.byteLength(name) <= longestNameBytes
  )
}
