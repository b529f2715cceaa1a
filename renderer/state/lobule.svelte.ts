import { AppError, isSameReader, type AnyEvent, type CallInput } from '../../electron/contract/index.ts'
import type { Connection, PageBridge } from '../api/page-bridge.ts'
import { createClient } from '../api/client.ts'
import { strings } from '../words/index.ts'
import { AccuracyInUseList } from './accuracy-in-use.svelte.ts'
import { ColumnChoice } from './column-choice.svelte.ts'
import { Alerts } from './alerts.svelte.ts'
import { Audit } from './audit.svelte.ts'
import { Backups } from './backups.svelte.ts'
import { InstallableBackends } from './installable-backends.svelte.ts'
import { Batch } from './batch.svelte.ts'
import { IdBatcher } from './id-batcher.ts'
import { Images } from './images.svelte.ts'
import { ImportDraft } from './import-draft.svelte.ts'
import { ImportStart } from './import-start.ts'
import { JobControl } from './job-control.ts'
import { Jobs } from './jobs.svelte.ts'
import { Labelling } from './labelling.ts'
import type { ListColumn } from './list-column.ts'
import { EncoderChoice } from './encoder-comparison.svelte.ts'
import { ListInAddress } from './list-in-address.ts'
import { Loading } from './loading.svelte.ts'
import type { Filter } from './filters.ts'
import { Leaks } from './leaks.svelte.ts'
import { ModelReview } from './model-review.svelte.ts'
import { Models } from './models.svelte.ts'
import { Navigation } from './navigation.svelte.ts'
import { Paths } from './paths.svelte.ts'
import { dialogAfterRefusal } from './refused-opening.ts'
import { Readers } from './readers.svelte.ts'
import { Review } from './review.svelte.ts'
import { Reports } from './reports.ts'
import { SavedFilters } from './saved-filters.svelte.ts'
import { Session } from './session.svelte.ts'
import { HeatMap } from './heat-map.svelte.ts'
import { SlideMaps } from './slide-map.svelte.ts'
import { ViewedAreas } from './viewed-areas.svelte.ts'
import { Regions } from './regions.svelte.ts'
import { TestSets } from './test-sets.svelte.ts'
import { Tour } from './tour.svelte.ts'
import { Undoing } from './undoing.svelte.ts'
import { Users } from './users.svelte.ts'
import { ViewChoice } from './view-choice.svelte.ts'
import { Worklist } from './worklist.svelte.ts'
import { WorkspaceMaintenance } from './workspace-maintenance.svelte.ts'

/** Events that come close together lead to one refresh. */
const refreshPauseMs = 120

/** Everything the page knows and can do. The parts hold the state; this class joins them and handles events. */
export class Lobule {
  readonly alerts = new Alerts()
  readonly navigation = new Navigation((came) => {
    this.alerts.leaveScreen()
    if (this.isStarted) this.listInAddress.follow(came)
  })
  readonly session: Session
  readonly audit: Audit
  readonly reports: Reports
  readonly images: Images
  readonly regions: Regions
  readonly heatMap: HeatMap
  readonly slideMaps: SlideMaps
  readonly viewedAreas = new ViewedAreas()
  readonly view = new ViewChoice()
  readonly importDraft: ImportDraft
  readonly importStart: ImportStart
  readonly maintenance: WorkspaceMaintenance
  readonly backups: Backups
  readonly installableBackends: InstallableBackends
  readonly jobs: Jobs
  /** Which images are being classified, and which failed. */
  readonly batch: Batch
  readonly columns: ColumnChoice
  readonly models: Models
  readonly modelReview: ModelReview
  readonly testSets: TestSets
  readonly accuracyInUse: AccuracyInUseList
  readonly leaks: Leaks
  readonly encoderChoice: EncoderChoice
  readonly paths: Paths
  readonly worklist: Worklist
  readonly savedFilters = new SavedFilters()
  readonly tour = new Tour()
  readonly readers: Readers
  readonly users: Users
  readonly jobControl = new JobControl(this)
  readonly undoing: Undoing
  readonly labelling = new Labelling(this)
  readonly review = new Review(this)
  readonly listInAddress = new ListInAddress(this)
  readonly #loading = new Loading(this)
  readonly #bridge: PageBridge
  readonly #changedImages = new IdBatcher(refreshPauseMs, (imageIds) => void this.#refreshImages(imageIds))
  #connection = $state.raw<Connection>({ state: 'connecting' })
  #connectionCount = $state(0)

  /** @param columns those that the worklist can show */
  constructor(bridge: PageBridge, columns: readonly ListColumn[]) {
    const client = createClient(bridge)
    this.#bridge = bridge
    this.session = new Session(client)
    this.audit = new Audit(client)
    this.reports = new Reports(client)
    this.images = new Images(client)
    this.regions = new Regions(client)
    this.heatMap = new HeatMap(client, (starting) => this.jobControl.run(starting))
    this.slideMaps = new SlideMaps(client)
    this.importDraft = new ImportDraft(client, bridge.upload)
    this.importStart = new ImportStart(this, bridge)
    this.maintenance = new WorkspaceMaintenance(client)
    this.backups = new Backups(client)
    this.installableBackends = new InstallableBackends(client)
    this.jobs = new Jobs(client)
    this.batch = new Batch(client, this.jobs)
    this.models = new Models(client)
    this.modelReview = new ModelReview(client, this.images, this.models)
    this.testSets = new TestSets(client)
    this.accuracyInUse = new AccuracyInUseList(client)
    this.leaks = new Leaks(client)
    this.encoderChoice = new EncoderChoice(client, this.models)
    this.readers = new Readers(client, this.session)
    this.users = new Users(client)
    this.undoing = new Undoing(client, this)
    this.columns = new ColumnChoice(columns)
    this.paths = new Paths(client, () => this.session.info?.nativeDialogs ?? false)
    this.worklist = new Worklist(this.images, columns, (image) => this.batch.rankOf(image))
  }

  get connection(): Connection {
    return this.#connection
  }

  /** Number of connections so far: after a new one, images that failed to load are requested again. */
  get connectionCount(): number {
    return this.#connectionCount
  }

  /** Whether the first data are loaded. */
  get isStarted(): boolean {
    return this.#loading.isStarted
  }

  get reader(): string {
    return this.session.info?.reader ?? ''
  }

  /** Whether the policy of this computer requires blind reading, so that no one ends it. */
  get mustReadBlind(): boolean {
    return this.session.locked('requireBlindReading') === 'on'
  }

  /** Whether other readers' labels and suggestions are hidden until the reader has labelled. */
  get isBlind(): boolean {
    return this.session.workspace !== null && this.session.info?.isBlind === true
  }

  /** Listens and loads; returns the function that stops listening. */
  start(): () => void {
    const stopEvents = this.#bridge.onEvent((event) => this.#handleEvent(event))
    if (this.#bridge.onConnection === undefined) {
      this.#connection = { state: 'open' }
      void this.#loading.all()
      return stopEvents
    }
    const stopConnection = this.#bridge.onConnection((connection) => {
      this.#connection = connection
      if (connection.state !== 'open') return
      this.#connectionCount++
      void this.#loading.all()
    })
    return () => {
      stopEvents()
      stopConnection()
    }
  }

  retryConnection(): void {
    this.#bridge.retryNow?.()
  }

  /** @param handover what the user answered about a workspace that was handed over */
  async openWorkspace(path: string, handover: 'begin' | 'look' | null = null): Promise<void> {
    const load = this.#loading.beforeOpening()
    try {
      await this.session.open(path, handover)
    } catch (error) {
      const dialog = dialogAfterRefusal(path, error)
      if (dialog === null) this.alerts.fail(error)
      else this.navigation.open(dialog)
      return
    }
    if (this.navigation.panel?.name === 'handed-over') this.navigation.close()
    await this.alerts.attempt(load())
  }

  /** Mends a workspace that could not be opened because of its database, and opens it. @throws AppError as `workspace.mend` */
  async mendWorkspace(given: CallInput<'workspace.mend'>): Promise<void> {
    const copy = await this.session.mend(given)
    this.navigation.close()
    this.alerts.show('success', strings.start.mend.done(copy))
    await this.openWorkspace(given.path)
  }

  async createWorkspace(path: string, classes: string): Promise<void> {
    const load = this.#loading.beforeOpening()
    await this.alerts.attempt(this.session.create(path, classes).then(load))
  }

  async closeWorkspace(): Promise<void> {
    const path = this.session.workspace?.path
    const closing = this.session.close().then(() => {
      // Once the page has left it, the user may be opening another one.
      if (path !== undefined && this.session.workspace?.path === path) this.#loading.show(null)
      return this.session.loadRecent()
    })
    await this.alerts.attempt(closing)
  }

  /** Opens an image in the viewer; previous and next follow the present order of the worklist. */
  openImage(imageId: number): void {
    this.worklist.setViewingOrder()
    this.navigation.showImage(imageId)
  }

  /** Opens the viewer on one of these images, by default the first; previous and next stay among them. */
  openImages(imageIds: readonly number[], at = imageIds[0]): void {
    if (at === undefined) return
    this.worklist.setViewingOrder(imageIds)
    this.navigation.showImage(at)
  }

  /** Shows the report of a model. */
  openReport(model: string): void {
    this.modelReview.choose(model)
    this.navigation.showScreen('models')
  }

  /** Shows the worklist with this filter alone. */
  openList(filter: Partial<Filter>): void {
    this.worklist.clearFilters()
    this.worklist.narrow(filter)
    this.navigation.showScreen('worklist')
  }

  /** Lets the user choose a folder; null: cancelled. */
  async chooseFolder(): Promise<string | null> {
    return (await this.alerts.attempt(this.paths.choose('folder')))?.[0] ?? null
  }

  #handleEvent(event: AnyEvent): void {
    switch (event.name) {
      case 'job.changed':
        this.jobs.receive(event.payload)
        void this.alerts.attempt(this.batch.learn())
        break
      case 'images.changed':
        if (!this.images.isOwnChange(event.payload.imageIds)) this.#changedImages.add(event.payload.imageIds)
        this.undoing.refresh()
        break
      case 'reader.changed':
        this.#setReader(event.payload)
        break
      case 'user.changed':
        void this.alerts.attempt(this.#loading.followUsers())
        break
      case 'regions.changed':
        void this.alerts.attempt(this.regions.refresh(event.payload.imageId))
        this.undoing.refresh()
        break
      case 'models.changed':
        void this.alerts.attempt(this.models.loadModels())
        break
      case 'encoders.changed':
        void this.alerts.attempt(this.models.loadEncoders())
        break
      case 'workspace.changed':
        this.#loading.show(event.payload)
        break
      case 'audit.changed':
        this.audit.show(event.payload)
        break
      case 'compute.crashed':
        this.alerts.fail(new AppError('compute.crashed', event.payload))
        break
    }
  }

  #setReader({ reader, isBlind }: { reader: string; isBlind: boolean }): void {
    const isOther = !isSameReader(reader, this.reader) || isBlind !== this.session.info?.isBlind
    const isNews = isOther && !this.session.isChangingReader
    this.session.setReader(reader, isBlind)
    this.readers.forget()
    if (this.session.workspace !== null)
      void this.alerts.attempt(isOther ? this.#loading.again() : this.readers.load())
    if (isNews) this.alerts.show('warning', strings.reader.changedElsewhere(reader, isBlind))
  }

  async #refreshImages(imageIds: readonly number[] | null): Promise<void> {
    if (this.session.workspace !== null) await this.alerts.attempt(this.images.refresh(imageIds))
  }
}
