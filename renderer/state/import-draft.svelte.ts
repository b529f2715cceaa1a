import {
  AppError,
  toErrorView,
  type CallInput,
  type ImportPreview,
  type CameraBits,
} from '../../electron/contract/index.ts'
import type { PageBridge } from '../api/page-bridge.ts'
import type { Client } from '../api/client.ts'
import { CaseChoice } from './case-choice.svelte.ts'
import { setOf } from './collections.ts'
import { Drop } from './drop.svelte.ts'
import type { DroppedFile } from './dropped-files.ts'

export type LabelSource = 'folder' | 'table' | 'none'
export type PagesChoice = 'ask' | 'first' | 'all' | 'number'

/** Files listed in the preview. */
const maxFiles = 60
/** Pause in typing after which the preview is requested. */
const previewPauseMs = 250
const minPixelSizeUm = 0.05
const maxPixelSizeUm = 20
const lastPage = 4096

/**
 * The choices for an import, as far as they are filled in. They outlive the dialog, so that nothing typed is lost,
 * and are the defaults of the next import.
 */
export class ImportDraft {
  typedPath = $state('')
  labels = $state<LabelSource>('folder')
  tablePath = $state('')
  /** Whether the user says that the table is Windows-1252, not UTF-8. */
  isWindows1252 = $state(false)
  /** Whether the user says that new readers of the table are others than those that their names look like. */
  confirmsReaders = $state(false)
  readonly cases = new CaseChoice()
  pages = $state<PagesChoice>('ask')
  pageText = $state('2')
  statesPixelSize = $state(false)
  pixelSizeText = $state('')
  /** Of the camera, for files of 16 bits; null: their values are read as they are. */
  cameraBits = $state<CameraBits | null>(null)
  copies = $state(false)
  restoresRemoved = $state(false)
  /** The server makes only the newest preview of one name. */
  readonly #name = crypto.getRandomValues(new Uint32Array(2)).join('-')
  readonly #client: Client
  readonly #upload: PageBridge['upload']
  #paths = $state.raw<readonly string[]>([])
  #drops = $state.raw<readonly Drop[]>([])
  #preview = $state.raw<ImportPreview | null>(null)
  #previewError = $state.raw<AppError | null>(null)
  #startError = $state.raw<AppError | null>(null)
  #isPreviewing = $state(false)
  /** The sources that the last answer is for, as JSON; empty: there is none. */
  #previewedFor = $state('')
  #round = 0
  /** Whether the choice of pages applies to one import only. */
  #asksAgain = false

  constructor(client: Client, upload: PageBridge['upload']) {
    this.#client = client
    this.#upload = upload
  }

  /** Paths that the user has chosen or typed. */
  get paths(): readonly string[] {
    return this.#paths
  }

  /** Files dropped on a browser's page. */
  get drops(): readonly Drop[] {
    return this.#drops
  }

  get preview(): ImportPreview | null {
    return this.#preview
  }

  /** Why there is no preview, unless `tableError` or `patternReason` gives the reason. */
  get previewError(): AppError | null {
    return this.tableError === null && this.patternReason === null ? this.#previewError : null
  }

  /** Why the import did not start. */
  get startError(): AppError | null {
    return this.#startError
  }

  get isPreviewing(): boolean {
    return this.#isPreviewing
  }

  /** Whether exactly the present sources were looked at, so that the user has seen what an import would do. */
  get isPreviewed(): boolean {
    return !this.#isPreviewing && this.#previewedFor !== '' && this.#previewedFor === this.#sourcesKey
  }

  /** The sources as JSON; empty: there is nothing to preview. */
  get #sourcesKey(): string {
    const sources = this.#sources
    return sources === null ? '' : JSON.stringify(sources)
  }

  /** Tables among the dropped files, offered as label tables. */
  get droppedTables(): string[] {
    return this.#drops.flatMap((drop) => drop.tables)
  }

  /** What is wrong with the expression for the cases; null: nothing. */
  get patternReason(): string | null {
    if (!this.cases.hasCases || this.cases.reason !== null) return this.cases.reason
    const error = this.#previewError
    if (error?.code !== 'cases.invalid-pattern') return null
    const { details } = error
    return 'reason' in details ? details.reason : error.message
  }

  get tableError(): AppError | null {
    const error = this.#previewError
    if (this.labels !== 'table' || error === null) return null
    return error.code.startsWith('labels.') || error.code.startsWith('path.') ? error : null
  }

  /** undefined: the typed text is not valid. */
  get pixelSizeUm(): number | null | undefined {
    if (!this.statesPixelSize) return null
    const value = Number(this.pixelSizeText.trim().replace(',', '.') || NaN)
    return value >= minPixelSizeUm && value <= maxPixelSizeUm ? value : undefined
  }

  /** undefined: the typed text is not valid. */
  get pageChoice(): CallInput<'image.import'>['pages'] {
    if (this.pages !== 'number') return this.pages
    const value = Number(this.pageText.trim() || NaN)
    return Number.isSafeInteger(value) && value >= 1 && value <= lastPage ? value : undefined
  }

  get lacksRoom(): boolean {
    const { copies, preview } = this
    return copies && preview !== null && preview.totals.bytes > preview.freeBytes
  }

  /** Everything to import; empty while dropped files are still being sent. */
  get allPaths(): string[] {
    if (!this.#drops.every((drop) => drop.isComplete)) return []
    return [...this.#paths, ...this.#drops.flatMap((drop) => drop.images)]
  }

  /** Input of the preview; null: there is nothing to preview. */
  get #sources(): Omit<CallInput<'image.preview'>, 'mostFiles' | 'draft'> | null {
    const paths = this.allPaths
    if (paths.length === 0 || (this.labels === 'table' && this.tablePath.trim() === '')) return null
    if (this.cases.reason !== null) return null
    return {
      paths,
      labels: this.labels === 'folder' ? 'folder' : 'none',
      labelsFile: this.labels === 'table' ? this.tablePath.trim() : null,
      ...(this.labels === 'table' && this.isWindows1252 ? { encoding: 'windows-1252' as const } : {}),
      ...(this.labels === 'table' && this.confirmsReaders ? { confirmReaders: true } : {}),
      casesPattern: this.cases.expression,
    }
  }

  add(more: readonly string[]): void {
    this.#paths = [...setOf(this.#paths, more)]
  }

  remove(path: string): void {
    this.#paths = this.#paths.filter((other) => other !== path)
  }

  addTyped(): void {
    if (this.typedPath.trim() !== '') this.add([this.typedPath.trim()])
    this.typedPath = ''
  }

  /** Starts again with files that an import listed as failed. */
  retry(paths: readonly string[], asksPages: boolean): void {
    this.#paths = paths
    if (!asksPages || this.pages !== 'ask') return
    this.pages = 'all'
    this.#asksAgain = true
  }

  /** Starts to send dropped files, if this page sends files. */
  takeDrop(files: readonly DroppedFile[]): void {
    if (this.#upload === undefined || files.length === 0) return
    this.#drops = [...this.#drops, new Drop(files, this.#client, this.#upload)]
  }

  async removeDrop(drop: Drop): Promise<void> {
    this.#drops = this.#drops.filter((other) => other !== drop)
    await drop.discard()
  }

  /** Requests the preview once nothing has changed for a moment; returns the function that cancels it. */
  previewSoon(): () => void {
    const sources = this.#sources
    const round = ++this.#round
    if (sources === null) {
      // While an expression is typed, the files and what was read from their names stay on screen.
      if (this.allPaths.length === 0 || this.cases.reason === null) this.#preview = null
      this.#previewError = null
      this.#isPreviewing = false
      return () => undefined
    }
    this.#isPreviewing = true
    const timer = setTimeout(() => void this.#look(sources, round), previewPauseMs)
    return () => clearTimeout(timer)
  }

  /** Starts a job that reads all files and says what the import would do; as `start`, and the entries stay. */
  check(): Promise<number | null> {
    return this.#submit(true)
  }

  /** Starts the import of what was previewed; returns the job's id, or null if it was refused (`startError`). */
  async start(): Promise<number | null> {
    const jobId = await this.#submit(false)
    if (jobId === null) return null
    this.#paths = []
    // The sent files belong to the import now.
    this.#drops = []
    // This choice was for those files only.
    if (this.#asksAgain) this.pages = 'ask'
    this.#asksAgain = false
    return jobId
  }

  async #submit(dryRun: boolean): Promise<number | null> {
    const sources = this.#sources
    const { pixelSizeUm, pageChoice: pages } = this
    if (sources === null || !this.isPreviewed || pixelSizeUm === undefined || pages === undefined) return null
    try {
      const { cameraBits, copies: copy, restoresRemoved: restoreRemoved } = this
      const how = {
        ...{ ...sources, pixelSizeUm, cameraBits, pages, copy },
        ...(restoreRemoved ? { restoreRemoved } : {}),
        ...(dryRun ? { dryRun } : {}),
      }
      const { jobId } = await this.#client['image.import'](how)
      this.#startError = null
      return jobId
    } catch (error) {
      this.#startError = asAppError(error)
      return null
    }
  }

  /** Requests the ways to read the cases of other files than before. */
  async #propose(paths: readonly string[]): Promise<void> {
    const key = JSON.stringify(paths)
    if (this.cases.isProposedFor(key)) return
    const found = await this.#client['image.proposeCases']({ paths: [...paths] }).catch(() => null)
    if (found === null || key !== JSON.stringify(this.allPaths)) return
    this.cases.propose(key, found)
  }

  /** Another workspace starts without paths of the last one. */
  clear(): void {
    this.#round++
    this.#paths = []
    this.#drops = []
    this.#preview = null
    this.#previewError = null
    this.#startError = null
    this.#previewedFor = ''
    this.tablePath = ''
    this.confirmsReaders = false
    this.typedPath = ''
    this.cases.clear()
  }

  async #look(
    sources: Omit<CallInput<'image.preview'>, 'mostFiles' | 'draft'>,
    round: number,
  ): Promise<void> {
    await this.#propose(sources.paths)
    if (round !== this.#round) return
    const request = { ...sources, mostFiles: maxFiles, draft: this.#name }
    const [preview, error] = await this.#client['image.preview'](request).then(
      (found) => [found, null] as const,
      (failure: unknown) => [null, asAppError(failure)] as const,
    )
    if (round !== this.#round) return
    this.#previewedFor = JSON.stringify(sources)
    this.#preview = preview ?? this.#preview
    this.#previewError = error
    this.#isPreviewing = false
  }
}

const asAppError = (error: unknown): AppError => {
  if (error instanceof AppError) return error as AppError
  const { message } = toErrorView(error)
  return new AppError('internal.unexpected', { reference: 'none', message })
}
