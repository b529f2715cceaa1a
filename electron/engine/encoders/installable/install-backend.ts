import { randomUUID } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { access, mkdir, open, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { moveFile, removeFile, removeFolder } from '../../../base/patient-files.ts'
import { writeAtomically } from '../../../base/atomic-file.ts'
import { throwIfCancelled } from '../../../base/cancellation.ts'
import { requireSpace } from '../../../base/free-space.ts'
import { asNotWritable } from '../../../base/path-errors.ts'
import { makePrivateFolder } from '../../../base/private-files.ts'
import { AppError } from '../../../contract/errors.ts'
import {
  installableKey,
  type BackendDevice,
  type InstallableName,
} from '../../../contract/installable-backends.ts'
import { withFile } from '../../image/byte-source.ts'
import { readEntry } from '../../model-package/read-entry.ts'
import type { Refuse } from '../../model-package/refusal.ts'
import { readZipIndex } from '../../model-package/zip-index.ts'
import { fetchFile, hashOfFile } from '../fetch-file.ts'
import {
  backendSets,
  diskBytesOf,
  downloadBytesOf,
  type BackendSet,
  type BackendWheel,
} from './backend-sets.ts'
import { backendFolder, backendsFolder, recordFile } from './installed-backend.ts'
import { addressOfWheel, packageIndex } from './package-index.ts'

/** Of the list of files in a wheel: TensorFlow's has 24 000. Every wheel is known by its hash, so that this only bounds memory. */
const wheelLimits = { entries: 100_000, directoryBytes: 2 ** 25 }

/** How the names of unfinished installations begin. */
const stagingPrefix = '.staging-'
/** Before the name of what was installed, while another one takes its place. */
const previousPrefix = '.previous-'

interface Running {
  readonly signal: AbortSignal
  /** Bytes. */
  readonly onProgress: (done: number, total: number) => void
}

/** What can be installed under a name for a device. @throws AppError `backend.not-here` */
export function requireSet(name: InstallableName, device: BackendDevice): BackendSet {
  const set = backendSets.find((one) => installableKey(one) === installableKey({ name, device }))
  if (set !== undefined) return set
  throw new AppError('backend.not-here', { title: name, reason: `there is none for the ${device}` })
}

const downloadsFolder = (homeDir: string, name: InstallableName): string =>
  join(backendsFolder(homeDir), 'downloads', name)
const downloadPath = (homeDir: string, { name }: BackendSet, { file }: BackendWheel): string =>
  join(downloadsFolder(homeDir, name), `${file}.part`)

/**
 * Downloads the wheels of a set. An interrupted download is kept and resumed at the next attempt; a whole one is not fetched again.
 * @throws AppError `encoder.download-failed`, `disk.full`, `path.not-writable`, `job.cancelled`
 */
export async function downloadBackend(
  homeDir: string,
  set: BackendSet,
  { signal, onProgress }: Running,
): Promise<void> {
  const total = downloadBytesOf(set)
  const index = packageIndex()
  if (index === null) {
    const reason = 'the address of the Python package index is not known; set LOBULE_PACKAGE_INDEX to it'
    throw new AppError('backend.not-here', { title: set.title, reason })
  }
  const sizes = await Promise.all(set.wheels.map((wheel) => sizeOf(downloadPath(homeDir, set, wheel))))
  const here = sizes.reduce((sum, size) => sum + size, 0)
  await requireSpace(backendsFolder(homeDir), total - here + diskBytesOf(set))
  let before = 0
  for (const wheel of set.wheels) {
    throwIfCancelled(signal)
    const path = downloadPath(homeDir, set, wheel)
    const hash = { algorithm: 'sha256', hex: wheel.sha256 } as const
    const isWhole =
      (await sizeOf(path)) === wheel.bytes && (await hashOfFile(path, 'sha256')) === wheel.sha256
    if (!isWhole) {
      const url = await addressOfWheel(wheel, index, signal)
      const start = before
      await fetchFile({
        ...{ url, path, hash, maxBytes: wheel.bytes, signal },
        onProgress: (done) => onProgress(start + done, total),
      })
    }
    before += wheel.bytes
    onProgress(before, total)
  }
}

/**
 * Unpacks what is needed of the wheels into a folder of its own, which `publishBackend` puts in its place.
 * @param from a folder with the wheels; null: those that were downloaded
 * @returns the folder
 * @throws AppError `backend.refused` (a wheel is missing, or is another one), `disk.full`, `path.not-writable`, `job.cancelled`.
 *   Nothing is left then
 */
export async function unpackBackend(
  homeDir: string,
  set: BackendSet,
  from: string | null,
  running: Running,
): Promise<string> {
  const folder = backendsFolder(homeDir)
  await makePrivateFolder(folder).catch((error: unknown) => {
    throw asNotWritable(error, folder)
  })
  await sweep(homeDir)
  await requireSpace(folder, diskBytesOf(set))
  const staging = join(folder, `${stagingPrefix}${randomUUID()}`)
  const total = diskBytesOf(set)
  let done = 0
  const take = (bytes: number): void => {
    throwIfCancelled(running.signal)
    done += bytes
    running.onProgress(done, total)
  }
  try {
    for (const wheel of set.wheels) {
      const path = from === null ? downloadPath(homeDir, set, wheel) : join(from, wheel.file)
      if (from !== null) await requireWheel(path, wheel, set)
      await unpackWheel(path, wheel, set, staging, take)
    }
    return staging
  } catch (error) {
    await removeFolder(staging)
    throw error
  }
}

/** A file that a person brings must be the pinned one. */
async function requireWheel(
  path: string,
  { file, sha256 }: BackendWheel,
  { title }: BackendSet,
): Promise<void> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new AppError('backend.refused', { title, reason }, { cause })
  }
  await access(path, constants.R_OK).catch((error: unknown) =>
    refuse(`${dirname(path)} does not have the file ${file}, or it cannot be read`, error),
  )
  const found = await hashOfFile(path, 'sha256')
  if (found !== sha256) refuse(`${file} has the sha256 ${found} instead of ${sha256}`)
}

async function unpackWheel(
  path: string,
  { file, members }: BackendWheel,
  { title }: BackendSet,
  staging: string,
  take: (bytes: number) => void,
): Promise<void> {
  const refuse: Refuse = (entry, reason) => {
    throw new AppError('backend.refused', {
      title,
      reason: `${file}${entry === null ? '' : `, ${entry}`}: ${reason}`,
    })
  }
  const entries = await withFile(path, (source) => readZipIndex(source, refuse, wheelLimits))
  for (const { name, bytes } of members) {
    const entry = entries.find((one) => one.name === name) ?? refuse(name, 'it is missing')
    if (entry.bytes !== bytes) refuse(name, `it has ${entry.bytes} bytes instead of ${bytes}`)
    const target = join(staging, name)
    try {
      await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      const output = await open(target, 'wx', 0o600)
      try {
        await readEntry(path, entry, refuse, async (chunk) => {
          await output.appendFile(chunk)
          take(chunk.length)
        })
        await output.sync()
      } finally {
        await output.close()
      }
    } catch (error) {
      throw asNotWritable(error, target)
    }
  }
}

/**
 * Puts an unpacked set, which has passed its first run, in the place of what was installed before, and removes the download. A failure
 * leaves what was installed before; after a kill the next `sweep` puts it back.
 * @throws AppError `path.not-writable`
 */
export async function publishBackend(homeDir: string, set: BackendSet, staging: string): Promise<void> {
  const { name, device, version } = set
  const target = backendFolder(homeDir, name)
  const record = { format: 1, name, device, version, at: new Date().toISOString() }
  await writeAtomically(join(staging, recordFile), `${JSON.stringify(record, null, 2)}\n`)
  try {
    if (existsSync(target)) await moveFile(target, join(backendsFolder(homeDir), `${previousPrefix}${name}`))
    await moveFile(staging, target)
  } catch (error) {
    // Where even that fails, the next one may not.
    await sweep(homeDir).catch(() => undefined)
    throw asNotWritable(error, target)
  }
  await sweep(homeDir)
  await removeDownloads(homeDir, name)
}

/**
 * Removes an installed back-end, with its downloads, and the folder of all of them once it is empty.
 * @returns the freed bytes
 * @throws AppError `backend.not-installed`, `path.not-writable`
 */
export async function removeBackend(homeDir: string, name: InstallableName): Promise<number> {
  const folder = backendsFolder(homeDir)
  const before = await bytesBelow(folder)
  try {
    await sweep(homeDir)
    await removeDownloads(homeDir, name)
    // The record first: a removal that is interrupted leaves nothing that looks installed.
    await removeFile(join(backendFolder(homeDir, name), recordFile))
    await removeFolder(backendFolder(homeDir, name))
  } catch (error) {
    throw asNotWritable(error, folder)
  }
  const freed = before - (await bytesBelow(folder))
  if (freed === 0) throw new AppError('backend.not-installed', { name })
  await removeIfEmpty(folder)
  return freed
}

async function removeDownloads(homeDir: string, name: InstallableName): Promise<void> {
  await removeFolder(downloadsFolder(homeDir, name))
  await removeIfEmpty(join(backendsFolder(homeDir), 'downloads'))
}

/** Removes what an installation left behind whose process was ended, and puts back what it had not replaced yet. */
async function sweep(homeDir: string): Promise<void> {
  const folder = backendsFolder(homeDir)
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    const target = join(folder, name.slice(previousPrefix.length))
    if (name.startsWith(previousPrefix) && !existsSync(target)) await moveFile(path, target)
    else if (name.startsWith(previousPrefix) || name.startsWith(stagingPrefix)) await removeFolder(path)
  }
}

async function removeIfEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => null)
  if (names?.length === 0) await removeFolder(folder)
}

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => null))?.size ?? 0

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(files.map(({ parentPath, name }) => sizeOf(join(parentPath, name))))
  return sizes.reduce((sum, size) => sum + size, 0)
}
