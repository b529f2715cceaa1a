import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import type { ComputeClient } from '../../compute/client.ts'
import {
  AppError,
  severalFilesExtensions,
  type CameraBits,
  type FileOutcome,
  type ImageView,
  type ImportReport,
} from '../../contract/index.ts'
import { contentHash, type InspectedPage } from '../../engine/image/index.ts'
import {
  canSetCameraBits,
  findImageByHash,
  getImage,
  insertImage,
  isRemoved,
  knownReaderName,
  lockedImages,
  moveImage,
  pixelSizeChange,
  restoreByImport,
  setCopiedPath,
  setMissingCameraBits,
  setMissingCase,
  setMissingPixelSize,
  type Workspace,
  type Writable,
} from '../../store/index.ts'
import { recordLabel } from '../labels/record-label.ts'
import { copyIntoWorkspace, linkIntoWorkspace } from './copy-file.ts'
import type { ImportLedger } from './import-ledger.ts'
import type { PlannedFile } from './import-plan.ts'
import { decideFile, type DecidedLabel, type FileDecisions } from './decide-file.ts'
import { loadKnownImage, type KnownImage } from './known-image.ts'

interface ImporterOptions {
  workspace: Workspace
  compute: ComputeClient
  input: { copy: boolean; pixelSizeUm: number | null; restoreRemoved?: boolean | undefined; reader: string }
  /** When an import that was interrupted began; null: it was not. */
  since: string | null
  /** Decides everything and writes nothing. */
  isDryRun: boolean
  ledger: ImportLedger
}

type Outcome = Exclude<FileOutcome, 'failed'>
type Counts = Pick<ImportReport, 'imported' | 'duplicates' | 'found' | 'labelled' | 'images'> & {
  restored: number
  withoutPixelSize: number
  withLabelPicture: number
}

/** Stores the images of an import, each in one transaction, and counts them. */
export class Importer {
  readonly report: Counts = {
    imported: 0,
    duplicates: 0,
    found: 0,
    restored: 0,
    labelled: 0,
    withoutPixelSize: 0,
    withLabelPicture: 0,
    images: [],
  }
  readonly #how: ImporterOptions
  readonly #database: Writable
  /** By content hash: the images that this import has met. A dry run knows its own only from here. */
  readonly #known = new Map<string, KnownImage>()

  /** By image id: the bits that this import sets. A dry run knows them only from here. */
  readonly #cameraBits = new Map<number, CameraBits>()

  constructor(options: ImporterOptions) {
    this.#how = options
    this.#database = options.workspace.database
  }

  /** One file whose content was read, or is known. @throws AppError if nothing of it can be stored */
  async addFile(
    file: PlannedFile,
    result: { pages: readonly InspectedPage[] } | { known: number },
  ): Promise<void> {
    const { ledger } = this.#how
    const found = 'known' in result ? [await this.#addKnown(file, result.known)] : []
    if ('pages' in result) for (const page of result.pages) found.push(await this.#addPage(file, page))
    const isContradicting = found.includes('contradicting')
    const other = found.includes('removed') ? 'removed' : 'present'
    const outcome = isContradicting ? 'contradicting' : found.includes('imported') ? 'imported' : other
    ledger.files.push({ path: shownPath(file), outcome })
  }

  async #addPage(file: PlannedFile, page: InspectedPage): Promise<Outcome> {
    const id = findImageByHash(this.#database, page.sha256)
    if (id !== null) {
      if (!this.#isLeftOut(id) && this.#setCameraBits(file, id, page))
        this.#how.ledger.notes.push(...(page.notes ?? []).map((note) => ({ path: shownPath(file), ...note })))
      return this.#addKnown(file, id)
    }
    const seen = this.#known.get(page.sha256)
    if (seen !== undefined) return this.#addAgain(file, seen)
    const { input, isDryRun } = this.#how
    // Copy first, so that no row ever names a missing copy.
    const copiedPath = this.#isToBeCopied(file) ? await this.#copy(file, page.fileSha256) : null
    const { pixelSizeUm } = input
    const isStated = page.pixelSizeUm === null && pixelSizeUm !== null
    const image: KnownImage = { imageId: null, path: shownPath(file), caseName: null, labels: [] }
    const decisions = this.#decide(file, image)
    if (!isDryRun)
      image.imageId = this.#database.transaction(() => {
        const added = insertImage(this.#database, {
          ...page,
          ...(isStated ? { pixelSizeUm, pixelSizeSource: 'stated' } : {}),
          path: shownPath(file),
          caseName: file.caseName,
          copiedPath,
        })
        this.#record(added, decisions.recorded, page.synthetic)
        return added
      })()
    const isContradicting = this.#note(file, image, decisions)
    for (const note of page.notes ?? []) this.#how.ledger.notes.push({ path: shownPath(file), ...note })
    this.#known.set(page.sha256, image)
    this.report.imported++
    if (page.pixelSizeUm === null && pixelSizeUm === null) this.report.withoutPixelSize++
    if (page.hasLabelPicture) this.report.withLabelPicture++
    if (image.imageId !== null) this.report.images.push({ path: file.path, imageId: image.imageId })
    return isContradicting ? 'contradicting' : 'imported'
  }

  /** A file whose content an earlier one of a dry run has. */
  #addAgain(file: PlannedFile, image: KnownImage): Outcome {
    const isContradicting = this.#note(file, image, this.#decide(file, image))
    this.report.duplicates++
    return isContradicting ? 'contradicting' : 'present'
  }

  /** A file whose content the workspace has already. */
  async #addKnown(file: PlannedFile, imageId: number): Promise<Outcome> {
    const { since, isDryRun, ledger } = this.#how
    if (this.#isLeftOut(imageId)) {
      ledger.addRows([...file.caseRows, ...file.labels.flatMap(({ rows }) => rows)], 'removed')
      return 'removed'
    }
    const view = getImage(this.#database, imageId, { withRemoved: true })
    const seen = this.#known.get(view.sha256)
    const image = seen ?? loadKnownImage(this.#database, imageId, since)
    const isResumed = this.#hasImported(view, file)
    const isLost = !isResumed && (await this.#restore(view, file))
    const decisions = this.#decide(file, image)
    const isRestored = seen === undefined && isRemoved(this.#database, imageId)
    if (!isDryRun)
      this.#database.transaction(() => {
        if (isRestored) restoreByImport(this.#database, imageId)
        if (image.caseName === null && file.caseName !== null)
          setMissingCase(this.#database, imageId, file.caseName)
        this.#record(imageId, decisions.recorded, view.synthetic)
      })()
    const lacksPixelSize = view.pixelSizeUm === null && !this.#setPixelSize(imageId)
    // An image counts once, however many files of this import have its content.
    if (lacksPixelSize && seen === undefined) this.report.withoutPixelSize++
    const isContradicting = this.#note(file, image, decisions, isResumed)
    this.#known.set(view.sha256, image)
    if (isLost) this.report.found++
    if (isRestored) this.report.restored++
    if (isResumed) this.report.imported++
    else this.report.duplicates++
    this.report.images.push({ path: file.path, imageId })
    return isContradicting ? 'contradicting' : isResumed ? 'imported' : 'present'
  }

  /** Whether an image was removed and stays so: by the user's choice, or because its locked test set was opened without it. */
  #isLeftOut(imageId: number): boolean {
    if (!isRemoved(this.#database, imageId)) return false
    if (this.#how.input.restoreRemoved !== true) return true
    return lockedImages(this.#database, imageId, { withRemoved: true }).size > 0
  }

  #decide(file: PlannedFile, image: KnownImage): FileDecisions {
    return decideFile(file, image, this.#how.input.reader, (name) => knownReaderName(this.#database, name))
  }

  /** Whether this job imported the file itself, before it was interrupted. */
  #hasImported(image: ImageView, file: PlannedFile): boolean {
    const { since } = this.#how
    if (since === null || image.importedAt === null || image.importedAt < since) return false
    return image.originalPath === shownPath(file)
  }

  /** Gives an image its file again, or a copy. Returns whether its own file was lost. */
  async #restore(image: ImageView, file: PlannedFile): Promise<boolean> {
    const { compute, isDryRun } = this.#how
    const isLost = image.path !== file.path && !(await this.#hasContent(image.path, image.sha256, image.page))
    if (this.#isToBeCopied(file) && (isLost || !image.copied)) {
      const sha256 = await compute.run('hash', { path: file.path })
      const copiedPath = await this.#copy(file, sha256)
      if (copiedPath !== null) setCopiedPath(this.#database, image.id, copiedPath)
    } else if (isLost && !isDryRun) moveImage(this.#database, image.id, file.path, 'import')
    return isLost
  }

  /** Returns whether the image has a size now. */
  #setPixelSize(imageId: number): boolean {
    const { input, isDryRun } = this.#how
    if (input.pixelSizeUm === null) return false
    if (isDryRun) return pixelSizeChange(this.#database, imageId, input.pixelSizeUm) === 'set'
    return setMissingPixelSize(this.#database, imageId, input.pixelSizeUm)
  }

  /** Returns whether they were set. @throws AppError `image.unsupported-format` if other ones were used already */
  #setCameraBits({ path }: PlannedFile, imageId: number, { cameraBits }: InspectedPage): boolean {
    if (cameraBits === undefined) return false
    const known =
      this.#cameraBits.get(imageId) ?? getImage(this.#database, imageId, { withRemoved: true }).cameraBits
    if (known === cameraBits) return false
    const canSet = this.#how.isDryRun
      ? canSetCameraBits(this.#database, imageId)
      : setMissingCameraBits(this.#database, imageId, cameraBits)
    if (canSet) {
      this.#cameraBits.set(imageId, cameraBits)
      return true
    }
    const reason = 'it is in the workspace with other values, and was used: import it into a new workspace'
    throw new AppError('image.unsupported-format', { path, reason })
  }

  /** Dropped files are always copied: the workspace has the only one. */
  #isToBeCopied({ dropped }: PlannedFile): boolean {
    return this.#how.input.copy || dropped !== null
  }

  /** Returns the path of the copy, relative to the workspace; null in a dry run. */
  async #copy({ path, dropped }: PlannedFile, sha256: string): Promise<string | null> {
    const { workspace, isDryRun } = this.#how
    if (severalFilesExtensions.includes(extname(path).toLowerCase()))
      throw new AppError('image.several-files', { path })
    if (isDryRun) return null
    return dropped === null
      ? copyIntoWorkspace(workspace, path, sha256)
      : linkIntoWorkspace(workspace, path, sha256)
  }

  #record(imageId: number, labels: readonly DecidedLabel[], isSynthetic: boolean): void {
    for (const { label, by } of labels) {
      const { className, source: named, table, isAdjudication } = label
      const as = isAdjudication === true ? 'adjudication' : 'import'
      const source = named === 'folder' && isSynthetic ? 'synthetic' : named
      const isUnsure = className === null
      recordLabel(this.#database, { imageId, className, reader: by, isUnsure, as, source, table })
    }
  }

  /** Counts what was decided. Returns whether something contradicts. */
  #note(file: PlannedFile, image: KnownImage, decisions: FileDecisions, isResumed = false): boolean {
    const { ledger } = this.#how
    image.labels = decisions.labels
    image.caseName ??= file.caseName
    for (const { rows, outcome, isRecent } of decisions.rows)
      ledger.addRows(rows, isResumed && isRecent ? 'added' : outcome)
    ledger.contradictions.push(...decisions.contradictions)
    ledger.changes.push(...decisions.changes)
    const hasLabel = isResumed ? file.labels.length > 0 : decisions.recorded.length > 0
    if (hasLabel) this.report.labelled++
    return decisions.contradictions.length > 0
  }

  async #hasContent(path: string, sha256: string, page: number): Promise<boolean> {
    if (!existsSync(path)) return false
    const found = await this.#how.compute.run('hash', { path }).catch((error: unknown) => {
      if (error instanceof AppError) return ''
      throw error
    })
    return contentHash(found, page) === sha256
  }
}

/** The path that the user knows. */
const shownPath = ({ path, dropped }: PlannedFile): string => dropped ?? path
