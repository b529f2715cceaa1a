import { plainReader, type WorkspaceView } from '../../electron/contract/index.ts'
import type { Alerts } from './alerts.svelte.ts'
import type { Audit } from './audit.svelte.ts'
import type { Backups } from './backups.svelte.ts'
import type { Batch } from './batch.svelte.ts'
import type { HeatMap } from './heat-map.svelte.ts'
import type { Images } from './images.svelte.ts'
import type { Jobs } from './jobs.svelte.ts'
import type { ListInAddress } from './list-in-address.ts'
import type { Models } from './models.svelte.ts'
import type { Navigation } from './navigation.svelte.ts'
import type { Readers } from './readers.svelte.ts'
import type { SavedFilters } from './saved-filters.svelte.ts'
import type { Session } from './session.svelte.ts'
import type { SlideMaps } from './slide-map.svelte.ts'
import type { Undoing } from './undoing.svelte.ts'
import { clearData, clearWork, UserChanges, type UserContext } from './user-changes.ts'
import type { Users } from './users.svelte.ts'
import type { ViewedAreas } from './viewed-areas.svelte.ts'
import type { Worklist } from './worklist.svelte.ts'

interface LoadingContext extends UserContext {
  readonly alerts: Alerts
  readonly audit: Audit
  readonly backups: Backups
  readonly batch: Batch
  readonly heatMap: HeatMap
  readonly images: Images
  readonly isBlind: boolean
  readonly jobs: Jobs
  readonly listInAddress: ListInAddress
  readonly models: Models
  readonly navigation: Navigation
  openImage: (imageId: number) => void
  readonly reader: string
  readonly readers: Readers
  readonly savedFilters: SavedFilters
  readonly session: Session
  readonly slideMaps: SlideMaps
  readonly undoing: Undoing
  readonly users: Users
  readonly viewedAreas: ViewedAreas
  readonly worklist: Pick<Worklist, 'clear' | 'followClasses'>
}

/** Loads what the page shows of a workspace, and forgets it when another workspace, reader or user comes. */
export class Loading {
  readonly #page: LoadingContext
  readonly #userChanges: UserChanges
  #isStarted = $state(false)
  #openPath: string | null = null
  /** The newest loading of a workspace, also when it has ended. */
  #newest: Promise<void> = Promise.resolve()

  constructor(page: LoadingContext) {
    this.#page = page
    this.#userChanges = new UserChanges(page, { users: () => this.#users(), all: () => this.all() })
  }

  /** Whether the first data are loaded. */
  get isStarted(): boolean {
    return this.#isStarted
  }

  /** Loads everything, as the page does at its start and after each lost connection. */
  async all(): Promise<void> {
    const { alerts, listInAddress, models, navigation, session, users } = this.#page
    const loading = session.load().then(() => this.#users())
    if ((await alerts.attempt(loading.then(() => true))) === null) return
    if (users.mustSignIn) {
      this.#isStarted = true
      return
    }
    // The list of encoders waits for the compute process; the page does not wait for it.
    void alerts.attempt(Promise.all([models.loadEncoders(), models.loadRecipes()]))
    if (session.workspace !== null) {
      this.#enter()
      await alerts.attempt(this.#data())
      const isOtherImage = navigation.imageId !== null
      if (!this.#isStarted) listInAddress.follow({ isOtherList: true, isOtherImage })
    }
    this.#isStarted = true
  }

  /** Loads who may use the open workspace, and its data if one of them is signed in. */
  workspace(): Promise<void> {
    this.#newest = this.#workspace()
    return this.#newest
  }

  /**
   * Called before a workspace is opened. Returns what loads it afterwards, or only waits if its event, which comes before the
   * answer to the call, has begun that.
   */
  beforeOpening(): () => Promise<void> {
    const before = this.#newest
    return () => (this.#newest === before ? this.workspace() : this.#newest)
  }

  async #workspace(): Promise<void> {
    this.#enter()
    await this.#users()
    if (!this.#page.users.mustSignIn) await this.#data()
  }

  /** Follows the workspace that the program has opened, changed or closed (null). */
  show(workspace: WorkspaceView | null): void {
    this.#page.session.show(workspace)
    if (workspace === null) this.#closed()
    else if (workspace.path !== this.#openPath) void this.#page.alerts.attempt(this.workspace())
    else this.#followClasses()
  }

  /** Follows who is signed in. */
  followUsers(): Promise<void> {
    return this.#userChanges.follow()
  }

  /** No workspace is open any more, and so no one is signed in or has to be. */
  #closed(): void {
    this.#clearWorkspace()
    this.#page.users.clear()
  }

  #clearWorkspace(): void {
    const { backups, jobs, models, navigation, readers, viewedAreas } = this.#page
    this.#openPath = null
    backups.clear()
    navigation.showScreen('worklist')
    navigation.close()
    this.#clearImages()
    viewedAreas.clear()
    jobs.clear()
    models.clear()
    readers.clear()
    this.#beginRound()
    navigation.reveal()
  }

  /**
   * Another reader may see other things, or the same reader less than before: forgets everything about images, then loads
   * what this reader may see. Images have other ids now, so the viewer opens the same image again by its content.
   */
  async again(): Promise<void> {
    const { alerts, images, jobs, listInAddress, navigation } = this.#page
    const { imageId, panel } = navigation
    const shown = imageId === null ? undefined : images.find(imageId)?.sha256
    if (imageId !== null) navigation.closeImage()
    if (panel !== null && panel.name !== 'reader') navigation.close()
    alerts.clear()
    this.#clearImages()
    // At once: the address may name a case or a file.
    this.#beginRound()
    listInAddress.write(false)
    jobs.forget()
    await this.workspace()
    const same = images.all.find(({ sha256 }) => sha256 === shown)
    if (same !== undefined) this.#page.openImage(same.id)
  }

  /** If another workspace was open, its state is cleared first. */
  #enter(): void {
    const path = this.#page.session.workspace?.path ?? null
    if (this.#openPath !== null && this.#openPath !== path) this.#clearWorkspace()
    this.#openPath = path
    this.#followClasses()
    this.#beginRound()
  }

  /** The classes may have other names now, also since the connection was lost. */
  #followClasses(): void {
    const { heatMap, session, slideMaps, worklist } = this.#page
    for (const part of [worklist, heatMap, slideMaps]) part.followClasses((name) => session.classNameOf(name))
  }

  async #users(): Promise<void> {
    const { navigation, session, users } = this.#page
    await users.load(session.workspace?.path ?? null)
    if (users.mustSignIn) navigation.conceal()
  }

  async #data(): Promise<void> {
    const { alerts, audit, batch, images, models, navigation, readers, savedFilters, undoing } = this.#page
    this.#userChanges.enter()
    savedFilters.open(this.#openPath)
    void alerts.attempt(audit.enter())
    const jobs = this.#page.jobs.load().then(() => batch.learn())
    const parts = [jobs, models.loadModels(), readers.load(), undoing.load()]
    await Promise.all([images.load(), ...parts]).finally(() => navigation.reveal())
  }

  /** Images of another workspace or for another reader have other ids, and other names than a blind reader may see. */
  #beginRound(): void {
    const { isBlind, navigation, reader, session } = this.#page
    navigation.begin(JSON.stringify([session.workspace?.path ?? null, plainReader(reader), isBlind]))
  }

  /** Everything about images that is not in the list of jobs. */
  #clearImages(): void {
    clearWork(this.#page)
    clearData(this.#page)
  }
}
