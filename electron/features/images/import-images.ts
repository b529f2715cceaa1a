import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { z } from 'zod'
import {
  AppError,
  calls,
  severalFilesExtensions,
  type Failure,
  type ImageView,
  type ImportReport,
} from '../../contract/index.ts'
import { contentHash, type InspectedPage, type PageChoice } from '../../engine/image/index.ts'
import {
  findImageByHash,
  getImage,
  hasLabels,
  insertImage,
  requireReaderName,
  listClasses,
  moveImage,
  setCopiedPath,
  setMissingCase,
  setMissingPixelSize,
  type Workspace,
  type Writable,
} from '../../store/index.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { sizeOf } from '../workspace/clean-storage.ts'
import type { ComputeClient } from '../../compute/client.ts'
import { copyIntoWorkspace, linkIntoWorkspace } from './copy-file.ts'
import { removeDropped } from './dropped-file-paths.ts'
import { failureOf } from './find-images.ts'
import { requireSpace } from '../../base/free-space.ts'
import { matchingLimitMs, planImport, type PlannedFile } from './import-plan.ts'
import { defineJob, imagesChanged, requireWorkspace, type JobServices } from '../../session/job-services.ts'
import { recordLabel } from '../labels/record-label.ts'

const reading = 'Reading images'

const importInputSchema = calls['image.import'].input.extend({
  /** The reader at this machine. Labels that name no reader are not theirs, only imported by them. */
  reader: z.string(),
})
export type ImportInput = z.infer<typeof importInputSchema>

export const importJob = defineJob({
  kind: 'import',
  input: importInputSchema,
  stages: [{ name: reading, unit: 'images', weight: 1 }],
  resumable: true,
  runsBeside: true,
  audit: 'import',
  announces: imagesChanged,
  title: () => 'Import images',
  check: requireWorkspace,
  failures: ({ failed }) => failed,
  retry: (input: ImportInput, failures) => ({
    ...input,
    paths: [...new Set(failures.map(({ path }) => path))],
  }),
  run: importImages,
})

/** Files read at the same time: enough to overlap disk access and decoding, few enough for memory. */
const filesInFlight = 4

/**
 * Imports image files, from their current location or copied; dropped files are moved into the workspace. A file whose
 * content the workspace has already is a duplicate. It only fills in what the image lacks: a label if no reader ever gave
 * one, a case, a stated pixel size if nothing was computed without it, a file that was lost. A file that cannot be
 * imported is listed with its reason and the next one follows. Images that were imported before a cancel or a crash
 * stay; the same import again adds the rest.
 * @throws AppError as planImport; `disk.full`, `job.cancelled`
 */
export async function importImages(
  input: ImportInput,
  job: JobRun,
  { workspace, compute, bounded }: Pick<JobServices, 'workspace' | 'compute' | 'bounded'>,
): Promise<ImportReport> {
  const { database } = workspace
  const { progress } = job
  const plan = await planImport(
    { ...input, workspace, bounded },
    listClasses(database).map((c) => c.name),
    { signal: job.signal, limitMs: matchingLimitMs.import },
  )
  if (input.copy) {
    const toCopy = plan.files.filter(({ dropped }) => dropped === null)
    await requireSpace(workspace.path, await sizeOf(toCopy.map(({ path }) => path)))
  }
  const importer = new Importer(workspace, compute, input, job.since)
  const failed = [...plan.failed]
  let done = 0
  progress.report(reading, 0, plan.files.length)
  for await (const { file, result } of inspectInOrder(
    database,
    compute,
    plan.files,
    input.pages,
    job.signal,
  )) {
    try {
      if ('failure' in result) failed.push(withDroppedPath(file, result.failure))
      else if ('known' in result) await importer.addDuplicate(file, result.known)
      else for (const page of result.pages) await importer.add(file, page)
      if (file.dropped !== null && !('failure' in result)) await removeDropped(workspace, file.path)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      failed.push(withDroppedPath(file, failureOf(file.path, error)))
    }
    progress.report(reading, ++done, plan.files.length)
  }
  return { ...importer.report, failed, skipped: plan.skipped, rows: plan.rows }
}

/** The message names the path that the user knows; `path` stays, so that the file can be retried. */
const withDroppedPath = ({ path, dropped }: PlannedFile, failure: Failure): Failure =>
  dropped === null ? failure : { ...failure, message: failure.message.replaceAll(path, dropped) }

/** Stores the images of an import, each in one transaction, and counts them. */
class Importer {
  readonly report: Omit<ImportReport, 'failed' | 'rows'> & {
    withoutPixelSize: number
    withLabelPicture: number
  } = {
    imported: 0,
    duplicates: 0,
    found: 0,
    labelled: 0,
    withoutPixelSize: 0,
    withLabelPicture: 0,
    images: [],
  }
  readonly #workspace: Workspace
  readonly #database: Writable
  readonly #compute: ComputeClient
  readonly #input: ImportInput
  readonly #since: string | null

  constructor(workspace: Workspace, compute: ComputeClient, input: ImportInput, since: string | null) {
    this.#workspace = workspace
    this.#database = workspace.database
    this.#since = since
    this.#compute = compute
    this.#input = input
  }

  async add(file: PlannedFile, page: InspectedPage): Promise<void> {
    const known = findImageByHash(this.#database, page.sha256)
    if (known !== null) return this.addDuplicate(file, known)
    const { pixelSizeUm } = this.#input
    // Copy first, so that no row ever names a missing copy.
    const copiedPath = this.#isToBeCopied(file) ? await this.#copy(file, page.fileSha256) : null
    const isStated = page.pixelSizeUm === null && pixelSizeUm !== null
    const imageId = this.#database.transaction(() => {
      const added = insertImage(this.#database, {
        ...page,
        ...(isStated ? { pixelSizeUm, pixelSizeSource: 'stated' } : {}),
        path: file.dropped ?? file.path,
        caseName: file.caseName,
        copiedPath,
      })
      this.#label(added, file, page.synthetic)
      return added
    })()
    this.report.imported++
    if (page.pixelSizeUm === null && pixelSizeUm === null) this.report.withoutPixelSize++
    if (page.hasLabelPicture) this.report.withLabelPicture++
    this.report.images.push({ path: file.path, imageId })
  }

  /** A file whose content the workspace has already. */
  async addDuplicate(file: PlannedFile, imageId: number): Promise<void> {
    const image = getImage(this.#database, imageId)
    if (this.#hasImported(image, file)) {
      this.report.imported++
      if (file.labels.length > 0) this.report.labelled++
      if (image.pixelSizeUm === null) this.report.withoutPixelSize++
      this.report.images.push({ path: file.path, imageId })
      return
    }
    const isLost = image.path !== file.path && !(await this.#hasContent(image.path, image.sha256, image.page))
    if (this.#isToBeCopied(file) && (isLost || !image.copied)) {
      const sha256 = await this.#compute.run('hash', { path: file.path })
      setCopiedPath(this.#database, imageId, await this.#copy(file, sha256))
    } else if (isLost) moveImage(this.#database, imageId, file.path, 'import')
    const { pixelSizeUm } = this.#input
    this.#database.transaction(() => {
      if (image.pixelSizeUm === null) {
        const isSet = pixelSizeUm !== null && setMissingPixelSize(this.#database, imageId, pixelSizeUm)
        if (!isSet) this.report.withoutPixelSize++
      }
      if (image.caseName === null && file.caseName !== null)
        setMissingCase(this.#database, imageId, file.caseName)
      if (!hasLabels(this.#database, imageId)) this.#label(imageId, file, image.synthetic)
    })()
    if (isLost) this.report.found++
    this.report.duplicates++
    this.report.images.push({ path: file.path, imageId })
  }

  /** Whether this job imported the file itself, before it was interrupted. */
  #hasImported(image: ImageView, file: PlannedFile): boolean {
    const since = this.#since
    if (since === null || image.importedAt === null || image.importedAt < since) return false
    return image.originalPath === (file.dropped ?? file.path)
  }

  /** Dropped files are always copied: the workspace has the only one. */
  #isToBeCopied({ dropped }: PlannedFile): boolean {
    return this.#input.copy || dropped !== null
  }

  /** Returns the path of the copy, relative to the workspace. */
  async #copy({ path, dropped }: PlannedFile, sha256: string): Promise<string> {
    if (severalFilesExtensions.includes(extname(path).toLowerCase()))
      throw new AppError('image.several-files', { path })
    return dropped === null
      ? copyIntoWorkspace(this.#workspace, path, sha256)
      : linkIntoWorkspace(this.#workspace, path, sha256)
  }

  #label(imageId: number, { labels }: PlannedFile, isSynthetic: boolean): void {
    for (const { className, reader, source: named, table, isAdjudication } of labels) {
      const by = requireReaderName(this.#database, reader ?? this.#input.reader)
      const as = isAdjudication === true ? 'adjudication' : 'import'
      const source = named === 'folder' && isSynthetic ? 'synthetic' : named
      const isUnsure = className === null
      recordLabel(this.#database, { imageId, className, reader: by, isUnsure, as, source, table })
    }
    if (labels.length > 0) this.report.labelled++
  }

  async #hasContent(path: string, sha256: string, page: number): Promise<boolean> {
    if (!existsSync(path)) return false
    const found = await this.#compute.run('hash', { path }).catch((error: unknown) => {
      if (error instanceof AppError) return ''
      throw error
    })
    return contentHash(found, page) === sha256
  }
}

type Inspection = { pages: InspectedPage[] } | { known: number } | { failure: Failure }

/** Reads ahead, but yields in the order of the files, so that two imports of a folder give the same rows. */
async function* inspectInOrder(
  database: Writable,
  compute: ComputeClient,
  files: readonly PlannedFile[],
  pages: PageChoice,
  signal: AbortSignal,
): AsyncGenerator<{ file: PlannedFile; result: Inspection }> {
  const begin = (file: PlannedFile): Promise<Inspection> =>
    inspect(database, compute, file.path, pages, signal)
  const ahead: { file: PlannedFile; inspection: Promise<Inspection> }[] = []
  let next = 0
  while (next < files.length || ahead.length > 0) {
    for (const file of files.slice(next, next + filesInFlight - ahead.length)) {
      ahead.push({ file, inspection: begin(file) })
      next++
    }
    const first = ahead.shift()
    if (first === undefined) return
    let result = await first.inspection
    if ('failure' in result && result.failure.code === 'compute.crashed') {
      // A file that crashes the decoder fails the files in flight with it. Each is retried once by itself, so that only
      // the one at fault is listed.
      await Promise.all(ahead.map(({ inspection }) => inspection))
      result = await begin(first.file)
      if ('failure' in result && result.failure.code === 'compute.crashed') {
        const { path } = first.file
        const reason = 'reading it ended the process that reads images'
        result = { failure: failureOf(path, new AppError('image.truncated', { path, reason })) }
      }
    }
    throwIfCancelled(signal)
    yield { file: first.file, result }
  }
}

async function inspect(
  database: Writable,
  compute: ComputeClient,
  path: string,
  pages: PageChoice,
  signal: AbortSignal,
): Promise<Inspection> {
  try {
    // A known file is recognised by its hash, without decoding.
    const isFirstPage = pages === 'ask' || pages === 'first'
    const knownSha256 = isFirstPage ? await compute.run('hash', { path }, { signal }) : null
    const known = knownSha256 === null ? null : findImageByHash(database, knownSha256)
    if (known !== null) return { known }
    const task = knownSha256 === null ? { path, pages } : { path, pages, knownSha256 }
    return { pages: await compute.run('inspect', task, { signal }) }
  } catch (error) {
    // Any other error is a bug. It ends the job when the file's turn comes.
    if (error instanceof AppError) return { failure: failureOf(path, error) }
    throw error
  }
}
