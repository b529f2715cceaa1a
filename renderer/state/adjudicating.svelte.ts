import { strings } from '../words/index.ts'
import type { Alerts } from './alerts.svelte.ts'
import { awaitsAdjudication } from './filters.ts'
import type { Images } from './images.svelte.ts'
import type { Labelling } from './labelling.ts'
import type { Navigation } from './navigation.svelte.ts'
import type { Worklist } from './worklist.svelte.ts'

/** The parts of the page that an adjudication uses. */
interface AdjudicationContext {
  readonly alerts: Pick<Alerts, 'remark'>
  readonly images: Pick<Images, 'find'>
  readonly navigation: Pick<Navigation, 'imageId' | 'showImage' | 'visit'>
  readonly worklist: Pick<Worklist, 'placeOf' | 'round'>
  readonly labelling: Pick<Labelling, 'adjudicate'>
}

/** The review that it belongs to: what is chosen and saved runs in its order. */
interface Order {
  readonly advances: boolean
  run: (work: () => boolean | Promise<boolean>) => void
}

/**
 * The adjudication of the image in the viewer: a class and a reason that are chosen, then saved. It goes on with the next
 * image of the list that awaits one, and ends when another image, or none, is shown.
 */
export class Adjudicating {
  readonly #page: AdjudicationContext
  readonly #order: Order
  /** The visit of the image that is adjudicated; null: none is. */
  #visit = $state<number | null>(null)
  #className = $state<string | null>(null)
  reason = $state('')
  /** Increases when the field of the reason should get the focus. */
  reasonRequests = $state(0)

  constructor(page: AdjudicationContext, order: Order) {
    this.#page = page
    this.#order = order
  }

  /** Whether the image in the viewer is being adjudicated. */
  get isOn(): boolean {
    return this.#visit === this.#page.navigation.visit
  }

  /** The chosen class. */
  get className(): string | null {
    return this.#className
  }

  /** Begins with the image in the viewer. */
  begin(): void {
    const { imageId, visit } = this.#page.navigation
    if (imageId === null) return
    this.#visit = visit
    this.#className = this.#page.images.find(imageId)?.readings.adjudication?.className ?? null
    this.reason = ''
  }

  end(): void {
    this.#visit = null
  }

  /** Like `save`, after the changes that are still being saved: it is for the image that they lead to. */
  choose(className: string): void {
    this.#order.run(() => {
      if (this.isOn) this.#className = className
      return true
    })
  }

  save(): void {
    this.#order.run(() => this.#save())
  }

  async #save(): Promise<boolean> {
    const { alerts, labelling, navigation } = this.#page
    const { imageId, visit } = navigation
    const className = this.#className
    // A second press of the key finds the adjudication ended, or the next image without a class.
    if (!this.isOn || imageId === null) return true
    if (className === null) {
      alerts.remark(strings.adjudication.noClass)
      return true
    }
    const reason = this.reason.trim()
    const next = this.#nextAwaiting(imageId)
    if (!(await labelling.adjudicate([imageId], className, reason === '' ? null : reason))) return false
    // A reader who has ended it or opened another image meanwhile stays there.
    if (this.#visit !== visit || navigation.visit !== visit) return true
    this.end()
    if (!this.#order.advances) return true
    if (next === null) {
      alerts.remark(`${strings.adjudicated(1, className)} ${strings.adjudication.last}`, 'undo')
    } else {
      navigation.showImage(next)
      this.begin()
    }
    return true
  }

  /** The first image after this one in the viewer's order that awaits adjudication; null: none. */
  #nextAwaiting(imageId: number): number | null {
    const { images, worklist } = this.#page
    const { next } = worklist.placeOf(imageId)
    if (next === null) return null
    const later = worklist.round.slice(worklist.round.indexOf(next))
    const awaits = (id: number): boolean => {
      const image = images.find(id)
      return image !== undefined && awaitsAdjudication(image)
    }
    return later.find(awaits) ?? null
  }
}
