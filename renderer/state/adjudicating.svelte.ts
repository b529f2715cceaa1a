import type { ImageView } from '../../electron/contract/index.ts'
import { strings } from '../words/index.ts'
import type { Alerts } from './alerts.svelte.ts'
import { mapOf } from './collections.ts'
import { awaitsAdjudication, canBeAdjudicated } from './filters.ts'
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

/** What was chosen and not saved. */
interface Draft {
  className: string | null
  reason: string
}

/**
 * The adjudication of the image in the viewer: a class and a reason that are chosen, then saved. It goes on with the next
 * image of the list that awaits one. The way from image to image stays in it, so that a key that chooses the class of an
 * adjudication never becomes the reader's own label unnoticed: it ends with a key or button, with the viewer, and after
 * the last image, which a message says.
 */
export class Adjudicating {
  readonly #page: AdjudicationContext
  readonly #order: Order
  /** The visit of the image that is adjudicated; null: none is. */
  #visit = $state<number | null>(null)
  #className = $state<string | null>(null)
  /** Whether the class was saved, and the image stays because the viewer does not go on by itself. */
  #isSaved = $state(false)
  /** Of images that were left without a decision, by their ids. */
  #drafts: ReadonlyMap<number, Draft> = mapOf()
  #reason = $state('')
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

  get reason(): string {
    return this.#reason
  }

  set reason(reason: string) {
    this.#reason = reason
    this.#isSaved = false
  }

  /** Begins with the image in the viewer. */
  begin(): void {
    const { imageId, visit } = this.#page.navigation
    if (imageId === null) return
    const { className, reason } = this.#drafts.get(imageId) ?? {
      className: this.#page.images.find(imageId)?.readings.adjudication?.className ?? null,
      reason: '',
    }
    this.#visit = visit
    this.#className = className
    this.#isSaved = false
    this.reason = reason
  }

  end(): void {
    this.#visit = null
    this.#drafts = mapOf()
  }

  /** Like `save`, after the changes that are still being saved: it is for the image that they lead to. */
  choose(className: string): void {
    this.#order.run(() => {
      if (this.isOn) {
        this.#className = className
        this.#isSaved = false
      }
      return true
    })
  }

  save(): void {
    this.#order.run(() => this.#save())
  }

  /** Goes on, without saving, with the previous or next image of the list that can be adjudicated; without one, stays. */
  turn(direction: 'previous' | 'next'): void {
    const { alerts, navigation } = this.#page
    const to =
      navigation.imageId === null ? null : this.#along(navigation.imageId, direction, canBeAdjudicated)
    if (to === null) alerts.remark(strings.adjudication.none[direction])
    else this.show(to)
  }

  /** Goes on, without saving, with this image; one that cannot be adjudicated ends the adjudication, which a message says. */
  show(imageId: number): void {
    const { alerts, images, navigation } = this.#page
    if (navigation.imageId !== null)
      this.#keep(navigation.imageId, { className: this.#className, reason: this.reason })
    navigation.showImage(imageId)
    const image = images.find(imageId)
    if (image !== undefined && canBeAdjudicated(image)) this.begin()
    else {
      this.end()
      alerts.remark(strings.adjudication.ended)
    }
  }

  async #save(): Promise<boolean> {
    const { alerts, labelling, navigation } = this.#page
    const { imageId, visit } = navigation
    const className = this.#className
    // A second press of the key finds the adjudication ended or saved, or the next image without a class.
    if (!this.isOn || this.#isSaved || imageId === null) return true
    if (className === null) {
      alerts.remark(strings.adjudication.noClass)
      return true
    }
    const reason = this.reason.trim()
    const next = this.#along(imageId, 'next', awaitsAdjudication)
    if (!(await labelling.adjudicate([imageId], className, reason === '' ? null : reason))) return false
    this.#keep(imageId, null)
    // A reader who has ended it or opened another image meanwhile stays there.
    if (this.#visit !== visit || navigation.visit !== visit) return true
    if (next === null) {
      this.end()
      alerts.remark(`${strings.adjudicated(1, className)} ${strings.adjudication.last}`, 'undo')
    } else if (this.#order.advances) {
      navigation.showImage(next)
      this.begin()
    } else this.#isSaved = true
    return true
  }

  #keep(imageId: number, draft: Draft | null): void {
    const others = [...this.#drafts].filter(([id]) => id !== imageId)
    this.#drafts = mapOf(others, draft === null ? [] : [[imageId, draft] as const])
  }

  /** The first image before or after this one in the viewer's order that fits; null: none. */
  #along(
    imageId: number,
    direction: 'previous' | 'next',
    isFit: (image: ImageView) => boolean,
  ): number | null {
    const { images, worklist } = this.#page
    const first = worklist.placeOf(imageId)[direction]
    if (first === null) return null
    const at = worklist.round.indexOf(first)
    const way = direction === 'next' ? worklist.round.slice(at) : worklist.round.slice(0, at + 1).reverse()
    return (
      way.find((id) => {
        const image = images.find(id)
        return image !== undefined && isFit(image)
      }) ?? null
    )
  }
}
