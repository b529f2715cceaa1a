import type { ImageView } from '../../electron/contract/index.ts'
import type { Images } from './images.svelte.ts'
import type { Labelling } from './labelling.ts'
import type { Navigation } from './navigation.svelte.ts'
import type { Worklist } from './worklist.svelte.ts'

/** The parts of the page that an adjudication uses. */
interface AdjudicationContext {
  readonly images: Pick<Images, 'find'>
  readonly navigation: Pick<Navigation, 'imageId' | 'showImage'>
  readonly worklist: Pick<Worklist, 'placeOf'>
  readonly labelling: Pick<Labelling, 'adjudicate'>
}

/** The review that it belongs to: what is saved runs in its order. */
interface Order {
  readonly advances: boolean
  run: (work: () => Promise<boolean>) => void
}

/** Whether the readers of an image disagree or are unsure, and no reader has adjudicated it. */
const awaitsAdjudication = ({ readings }: ImageView): boolean =>
  readings.adjudication === null && (readings.isDisputed || readings.all.some(({ isUnsure }) => isUnsure))

/**
 * The adjudication of the image in the viewer: a class and a reason that are chosen, then saved. It goes on with the next
 * image if that is to be adjudicated too, and ends when another image is shown.
 */
export class Adjudicating {
  readonly #page: AdjudicationContext
  readonly #order: Order
  #imageId = $state<number | null>(null)
  /** The chosen class. */
  className = $state<string | null>(null)
  reason = $state('')
  /** Increases when the field of the reason should get the focus. */
  reasonRequests = $state(0)

  constructor(page: AdjudicationContext, order: Order) {
    this.#page = page
    this.#order = order
  }

  /** Whether the image in the viewer is being adjudicated. */
  get isOn(): boolean {
    return this.#imageId !== null && this.#imageId === this.#page.navigation.imageId
  }

  begin(imageId: number): void {
    this.#imageId = imageId
    this.className = this.#page.images.find(imageId)?.readings.adjudication?.className ?? null
    this.reason = ''
  }

  end(): void {
    this.#imageId = null
  }

  /** Runs after the changes that are still being saved. */
  save(): void {
    const { labelling, navigation, worklist } = this.#page
    const { className } = this
    const imageId = this.#imageId
    if (!this.isOn || imageId === null || className === null) return
    const reason = this.reason.trim()
    const { next } = worklist.placeOf(imageId)
    this.#order.run(async () => {
      if (!(await labelling.adjudicate([imageId], className, reason === '' ? null : reason))) return false
      if (this.#imageId !== imageId) return true
      this.end()
      // A reader who has opened another image meanwhile stays there.
      if (this.#order.advances && next !== null && navigation.imageId === imageId) this.#goOn(next)
      return true
    })
  }

  #goOn(imageId: number): void {
    const image = this.#page.images.find(imageId)
    this.#page.navigation.showImage(imageId)
    if (image !== undefined && awaitsAdjudication(image)) this.begin(imageId)
  }
}
