import type { Alerts } from './alerts.svelte.ts'
import type { Jobs } from './jobs.svelte.ts'
import type { ListInAddress } from './list-in-address.ts'
import type { Navigation } from './navigation.svelte.ts'
import type { Readers } from './readers.svelte.ts'
import type { Users } from './users.svelte.ts'

interface Part {
  clear: () => void
}

/** What the reader searched for, chose and wrote without saving it. */
interface WorkParts {
  readonly importDraft: Part
  readonly models: { forgetTraining: () => void }
  readonly review: Part
  readonly worklist: Part
}

/** What was loaded about images and models. */
interface DataParts {
  readonly maintenance: Part
  readonly images: Part
  readonly regions: { close: () => void }
  readonly heatMap: Part
  readonly slideMaps: { forget: () => void }
  readonly batch: Part
  readonly modelReview: Part
  readonly testSets: Part
  readonly accuracyInUse: Part
  readonly leaks: Part
  readonly encoderChoice: Part
  readonly audit: Part
  readonly undoing: Part
}

export interface UserContext extends WorkParts, DataParts {
  readonly alerts: Pick<Alerts, 'clear'>
  readonly jobs: Pick<Jobs, 'forget'>
  readonly listInAddress: Pick<ListInAddress, 'follow'>
  readonly navigation: Pick<Navigation, 'close' | 'imageId'>
  readonly readers: Pick<Readers, 'clear'>
  readonly users: Pick<Users, 'mustSignIn' | 'signedIn'>
}

/** How the page loads who is signed in, and what that user may see. */
interface Loads {
  users: () => Promise<void>
  all: () => Promise<void>
}

export function clearWork({ importDraft, models, review, worklist }: WorkParts): void {
  importDraft.clear()
  models.forgetTraining()
  review.clear()
  worklist.clear()
}

export function clearData(page: DataParts): void {
  page.maintenance.clear()
  page.images.clear()
  page.regions.close()
  page.heatMap.clear()
  page.slideMaps.forget()
  page.batch.clear()
  page.modelReview.clear()
  page.testSets.clear()
  page.accuracyInUse.clear()
  page.leaks.clear()
  page.encoderChoice.clear()
  page.audit.clear()
  page.undoing.clear()
}

/**
 * Follows who is signed in. What a user saw is forgotten at once; what the one who signed in may see is loaded. The same
 * user finds the list, the image and the unsaved words again after a lock; another one does not.
 */
export class UserChanges {
  readonly #page: UserContext
  readonly #load: Loads
  /** Whose search, choices and unsaved words are kept while the page is locked; null: it is not locked. */
  #keptFor: string | null = null

  constructor(page: UserContext, load: Loads) {
    this.#page = page
    this.#load = load
  }

  async follow(): Promise<void> {
    const { users, alerts, jobs, readers, navigation, listInAddress } = this.#page
    const [mustBefore, nameBefore] = [users.mustSignIn, users.signedIn?.name]
    await this.#load.users()
    const name = users.signedIn?.name
    if (mustBefore === users.mustSignIn && nameBefore === name) return
    const isReturn = name !== undefined && name === this.#keptFor
    if (name !== undefined && users.mustSignIn && !mustBefore && name === nameBefore) this.#keptFor = name
    else if (!isReturn) this.#forgetWork()
    alerts.clear()
    clearData(this.#page)
    jobs.forget()
    readers.clear()
    if (users.mustSignIn) return
    await this.#load.all()
    const isOtherImage = !isReturn && navigation.imageId !== null
    listInAddress.follow({ isOtherList: !isReturn, isOtherImage })
  }

  /** Before data are loaded: the user may have changed while the page was not connected. */
  enter(): void {
    if (this.#keptFor !== null && this.#keptFor !== this.#page.users.signedIn?.name) this.#forgetWork()
    this.#keptFor = null
  }

  #forgetWork(): void {
    this.#page.navigation.close()
    clearWork(this.#page)
  }
}
